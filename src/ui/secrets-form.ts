import type { Problem } from '../model/problem.ts'
import {
  askedSecrets,
  begunSecretProblems,
  isAskedTwice,
  isPassphraseRefused,
  OTHER_KEY,
} from '../wizard/begun-secrets.ts'
import type { SecretName } from '../wizard/state.ts'
import type { Form } from './page-forms.ts'
import type { Row } from './rows.ts'
import type { Session, View } from './session.ts'

/** Whether the secrets are shown as they are typed. Ends with `.shown`: hidden again when the page is left. */
const SHOWN = 'secrets.shown'

const LABELS: Readonly<Record<SecretName, string>> = {
  passphrase: 'Passphrase of the disks',
  pin: 'PIN of the TPM',
  recoveryKey: 'Recovery key',
  password: 'Password of the admin',
  passwordHash: 'Hash of the password',
  wifiPassphrase: 'Wireless passphrase',
  joinToken: 'Token of the cluster',
}

const WRONG: Problem = {
  code: 'passphrase-wrong',
  path: ['secrets', 'passphrase'],
  message: 'the disks do not open with this passphrase',
  hint: 'type the one that they were formatted with',
}

/** The box is empty again. */
const WAS_WRONG: Problem = { ...WRONG, message: 'the disks did not open with the one that was typed before' }

type Acts = Pick<Session, 'send' | 'change' | 'view'>

/** Only what is needed to go on. What the disks or the journal can tell right from wrong once, the rest twice. */
export function secretsForm({ wizard, memory }: View, session: Acts): Form | null {
  const { secretTexts, secretRepeats, isKeyLost, hasTriedSecrets, isCheckingSecrets, isPassphraseWrong, isKeyWrong } =
    wizard
  const hostName = hostNameOf(wizard)
  if (hostName === null) return null
  const problems: readonly Problem[] = [
    ...(hasTriedSecrets ? begunSecretProblems(wizard) : []),
    ...(isPassphraseWrong ? [secretTexts.passphrase === '' ? WAS_WRONG : WRONG] : []),
    ...(isKeyWrong ? [{ ...OTHER_KEY, hint: `${OTHER_KEY.hint}, or make a new one` }] : []),
  ]
  const isHidden = memory[SHOWN] !== true
  const problemsOf = (name: SecretName, isAboutRepeat: boolean) =>
    problems.filter(({ path, code }) => path[1] === name && code.endsWith('-differ') === isAboutRepeat)
  const field = (name: SecretName): Row => ({
    kind: 'text',
    id: `secret-${name}`,
    label: LABELS[name],
    value: secretTexts[name] ?? '',
    isHidden,
    problems: problemsOf(name, false),
    onChange: (text) => session.send({ type: 'EDIT_SECRET', secret: name, text }),
  })
  const fields = (name: SecretName): readonly Row[] => {
    if (!isAskedTwice(name, wizard)) return [field(name)]
    const again: Row = {
      kind: 'text',
      id: `secret-${name}-repeat`,
      label: 'Once more',
      value: secretRepeats[name] ?? '',
      isHidden,
      problems: problemsOf(name, true),
      onChange: (text) => session.send({ type: 'REPEAT_SECRET', secret: name, text }),
    }
    return [field(name), again]
  }
  const all = askedSecrets(wizard)
  const asked = all.filter((name) => name !== 'recoveryKey')
  const hasKey = all.includes('recoveryKey')
  return {
    rows: [
      {
        kind: 'note',
        text: isPassphraseRefused(wizard)
          ? `To go on with ${hostName}, type the passphrase that its disks were formatted with. Check the keyboard layout and Caps Lock.${asked.length > 1 ? ' What else was typed is kept.' : ''}`
          : `To go on with ${hostName}, these are needed once more, the same as before. They are kept nowhere: not on the disks, not on this medium.`,
      },
      { kind: 'blank' },
      ...asked.flatMap(fields),
      ...(asked.length > 0
        ? [
            {
              kind: 'check' as const,
              id: 'secrets-shown',
              label: 'Show what is typed',
              isChecked: !isHidden,
              onToggle: () => session.change({ memory: { ...session.view().memory, [SHOWN]: isHidden } }),
            },
          ]
        : []),
      ...(hasKey ? keyRows(isKeyLost, field('recoveryKey'), session) : []),
      ...(hasKey && !isKeyLost ? typedGroups(secretTexts.recoveryKey ?? '') : []),
    ],
    next: {
      label: isCheckingSecrets
        ? 'Trying the passphrase ...'
        : hasKey && isKeyLost
          ? 'Show the new recovery key'
          : 'Go on with the install',
      onPress: () => session.send({ type: 'NEXT' }),
    },
    problems: [],
    startsAt: asked[0] === undefined ? null : `secret-${asked[0]}`,
  }
}

/** Of the earlier install, or of the one that this wizard has begun. */
function hostNameOf({ earlier, begunChoice, review }: View['wizard']): string | null {
  const plan = begunChoice === 'continue' ? earlier?.begun.saved.plan : review?.plan
  return plan?.hostName ?? null
}

const GROUP = /[a-z]{1,8}/gu
const GROUPS_IN_LINE = 4

/** What was typed, in groups as on the paper. */
function typedGroups(text: string): readonly Row[] {
  const groups = text.toLowerCase().replace(/[\s-]/gu, '').match(GROUP) ?? []
  if (groups.length === 0) return []
  const numbered = groups.map((group, at) => `${at + 1} ${group.padEnd(8)}`)
  const lines = [numbered.slice(0, GROUPS_IN_LINE), numbered.slice(GROUPS_IN_LINE)]
  return [{ kind: 'lines', lines: lines.filter((line) => line.length > 0).map((line) => `    ${line.join('   ')}`) }]
}

/** A long one, to be compared with paper: it is not hidden. */
function keyRows(isLost: boolean, field: Row, session: Acts): readonly Row[] {
  const choice = (id: string, label: string, detail: string, lost: boolean): Row => ({
    kind: 'choice',
    id,
    group: 'key',
    label,
    detail,
    isChosen: isLost === lost,
    onChoose: () => session.send({ type: 'LOSE_KEY', isLost: lost }),
  })
  return [
    { kind: 'blank' },
    { kind: 'heading', text: 'The recovery key, which no disk has yet' },
    choice('key-kept', 'I have it on paper', 'Type it below, and compare it with the paper, letter by letter.', false),
    choice(
      'key-lost',
      'Make a new one',
      'It is shown on the next page. Then tear up the paper with the old one.',
      true,
    ),
    ...(isLost || field.kind !== 'text' ? [] : [{ ...field, isHidden: false }]),
  ]
}
