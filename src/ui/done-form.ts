import type { Form } from './page-forms.ts'
import type { Row } from './rows.ts'
import { NEXT_BUTTON } from './rows.ts'
import type { Session, View } from './session.ts'
import { cut, pad } from './text.ts'

type Acts = Pick<Session, 'send' | 'change' | 'view'>

export function doneForm(view: View, session: Acts): Form {
  return view.wizard.recoveryKey ? keyForm(view, session, view.wizard.recoveryKey.reveal()) : endForm(view, session)
}

const TYPED = 'done.key-end'
const IS_WRONG = 'done.key-is-wrong'

/** Once only: when its end was typed, the key is forgotten. */
function keyForm(view: View, session: Acts, key: string): Form {
  const typed = String(view.memory[TYPED] ?? '')
  const end = key.split('-').at(-1) ?? key
  const remember = (changes: Record<string, string | boolean>) =>
    session.change({ memory: { ...session.view().memory, ...changes } })
  return {
    rows: [
      { kind: 'note', text: '✓ The system is installed. Before it starts: the recovery key.', tone: 'good' },
      { kind: 'blank' },
      {
        kind: 'note',
        text: 'It opens the disk when the passphrase is forgotten and the TPM refuses. Write it on paper now: it is shown only here, and only now.',
      },
      { kind: 'blank' },
      ...keyLines(key),
      { kind: 'blank' },
      { kind: 'note', text: 'To show that you have it, type its last group, from your paper.' },
      {
        kind: 'text',
        id: 'key-end',
        label: 'Last group',
        value: typed,
        problems: view.memory[IS_WRONG]
          ? [{ code: 'wrong-key-end', path: [], message: 'this is not the last group of the key above' }]
          : [],
        onChange: (text) => remember({ [TYPED]: text, [IS_WRONG]: false }),
      },
    ],
    next: {
      label: 'I have written it down',
      onPress() {
        if (typed.trim().toLowerCase() !== end.toLowerCase()) return remember({ [IS_WRONG]: true })
        remember({ [TYPED]: '' })
        session.send({ type: 'KEPT_RECOVERY_KEY' })
      },
    },
    problems: [],
    startsAt: 'key-end',
  }
}

/** Four groups to a line, so that nobody loses the place. */
function keyLines(key: string): readonly Row[] {
  const groups = key.split('-')
  const lines: string[] = []
  for (let at = 0; at < groups.length; at += 4) {
    const isLast = at + 4 >= groups.length
    lines.push(`    ${groups.slice(at, at + 4).join('-')}${isLast ? '' : '-'}`)
  }
  return [{ kind: 'lines', lines, tone: 'strong' }]
}

function endForm({ wizard, outDirectory }: View, session: Acts): Form {
  const { install, isDryRun, review, hasKeptRecoveryKey } = wizard
  const plan = review?.plan
  const done = install.tasks.filter(({ state }) => state === 'done' || state === 'already-done')
  if (isDryRun) {
    return {
      rows: [
        { kind: 'note', text: '✓ The dry run is complete. Nothing was changed.', tone: 'good' },
        { kind: 'blank' },
        { kind: 'note', text: 'The configuration and the exact list of commands are in' },
        { kind: 'lines', lines: [`    ${outDirectory ?? './out'}`], tone: 'strong' },
      ],
      next: { label: 'Close', onPress: () => session.send({ type: 'FINISH' }) },
      problems: [],
      startsAt: NEXT_BUTTON,
    }
  }
  return {
    rows: [
      { kind: 'note', text: '✓ The system is installed, and each part was checked:', tone: 'good' },
      {
        kind: 'lines',
        lines: inTwoColumns([
          ...done.map(({ title }) => `✓ ${title}`),
          ...(hasKeptRecoveryKey ? ['✓ Recovery key written down'] : []),
        ]),
      },
      { kind: 'blank' },
      { kind: 'heading', text: 'What happens next' },
      {
        kind: 'note',
        text: plan?.tpmUnlock
          ? 'The machine restarts from its disk and unlocks it by the TPM, without a question. If it does ask, type the passphrase.'
          : 'The machine restarts from its disk and asks for the passphrase.',
      },
      {
        kind: 'note',
        text: `Then it shows a login: the user is ${plan?.userName ?? 'the one you chose'}, the machine is called ${plan?.hostName ?? 'as you chose'}.`,
      },
      { kind: 'note', text: 'Take out the installation medium when the screen goes dark.' },
    ],
    next: { label: 'Reboot now', onPress: () => session.send({ type: 'FINISH' }) },
    problems: [],
    startsAt: NEXT_BUTTON,
  }
}

const COLUMN_WIDTH = 37

function inTwoColumns(items: readonly string[]): readonly string[] {
  const rows = Math.ceil(items.length / 2)
  return items
    .slice(0, rows)
    .map(
      (item, row) => `  ${pad(cut(item, COLUMN_WIDTH - 1), COLUMN_WIDTH)}${cut(items[rows + row] ?? '', COLUMN_WIDTH)}`,
    )
}
