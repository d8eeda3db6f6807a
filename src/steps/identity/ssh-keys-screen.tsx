import { lookRows } from '../../ui/look-rows.ts'
import type { Row } from '../../ui/rows.ts'
import { problemsAt, type StepScreenProps } from '../../ui/step-screen.ts'
import { cut } from '../../ui/text.ts'
import { nameKey } from './identity.ts'
import { keySourceOf } from './key-source.ts'
import { checkSshKey } from './ssh-key.ts'

type Props = StepScreenProps<'identity'>

/** The keys that were given, those that were found somewhere and wait for a word, and the box for more. */
export function sshKeyRows(props: Props): readonly Row[] {
  const { draft, problems, onChange, width } = props
  return [
    {
      kind: 'note',
      text:
        draft.sshKeys.length === 0
          ? 'Login by ssh works with a key only. Without one you can log in at the console alone.'
          : 'Enter on a key removes it.',
      tone: 'dim',
    },
    ...draft.sshKeys.map((key, index): Row => {
      const remove = () => onChange({ ...draft, sshKeys: draft.sshKeys.filter((_, at) => at !== index) })
      return {
        kind: 'action',
        id: `key-${index}`,
        label: `${index + 1}. ${cut(nameKey(key), width - 8)}`,
        verb: 'remove',
        problems: problemsAt(problems, 'identity', 'sshKeys', index),
        onPress: remove,
      }
    }),
    ...foundRows(props),
    newKeyRow(props),
  ]
}

/** Keys from elsewhere are shown with their fingerprints before they are taken: whoever holds one can log in. */
function foundRows({ draft, onChange, looks, width }: Props): readonly Row[] {
  const look = looks.get('keys')
  const found = (look?.result?.found ?? []).filter((key) => !draft.sshKeys.includes(key))
  const take = (keys: readonly string[]) => {
    if (keys.length === found.length) looks.forget('keys')
    onChange({ ...draft, sshKeys: [...draft.sshKeys, ...keys] })
  }
  return [
    ...lookRows(look, `Looking at ${look?.about}…`),
    ...found.map(
      (key, index): Row => ({
        kind: 'action',
        id: `found-${index}`,
        label: `Add ${cut(nameKey(key), width - 8)}`,
        verb: 'add',
        isWaiting: true,
        onPress: () => take([key]),
      }),
    ),
    ...(found.length < 2
      ? []
      : [
          {
            kind: 'action' as const,
            id: 'found-all',
            label: `Add all ${found.length}`,
            verb: 'add',
            onPress: () => take(found),
          },
        ]),
  ]
}

function newKeyRow({ draft, onChange, memory, looks, proxy }: Props): Row {
  const refuse = (message: string, hint = '') => memory.set('refused', `${message}\n${hint}`)
  const add = (lines: readonly string[]): boolean => {
    const keys = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
    const sound = keys.filter((key) => checkSshKey(key) === null && !draft.sshKeys.includes(key))
    const refused = keys.map((key) => checkSshKey(key)).find((finding) => finding !== null)
    if (sound.length > 0) onChange({ ...draft, sshKeys: [...draft.sshKeys, ...new Set(sound)] })
    if (refused) refuse(refused.message, refused.hint)
    else memory.set('refused', '')
    return refused === undefined
  }
  const text = memory.text('new-key') ?? ''
  const [message = '', hint = ''] = (memory.text('refused') ?? '').split('\n')
  return {
    kind: 'text',
    id: 'new-key',
    label: draft.sshKeys.length === 0 ? 'Add a key' : 'Add another',
    value: text,
    hint: 'key, file, https, github:NAME',
    problems:
      message === ''
        ? []
        : [{ code: 'ssh-key-refused', path: ['identity', 'sshKeys'], message, ...(hint !== '' && { hint }) }],
    onChange(value) {
      memory.set('new-key', value)
      memory.set('refused', '')
    },
    onPasteLines: (lines) => void add(unbroken(lines)),
    commit() {
      const source = keySourceOf(text)
      if (source === null) {
        const isTaken = add([text])
        if (isTaken) memory.set('new-key', '')
        return isTaken
      }
      if ('finding' in source) {
        refuse(source.finding.message, source.finding.hint)
        return false
      }
      const about = source.kind === 'file' ? source.path : source.name
      looks.start('keys', about, ({ findKeys }) => findKeys(source, proxy))
      memory.set('new-key', '')
      // What comes back waits for a word: Next must not pass it by.
      return false
    },
  }
}

/** A terminal may break a long key into several lines, at a space or within a word. One key is one value. */
function unbroken(lines: readonly string[]): readonly string[] {
  const parts = lines.map((line) => line.trim()).filter((part) => part !== '')
  if (parts.slice(1).some((part) => /^(?:ssh-|ecdsa-|sk-|#)/.test(part))) return lines
  const whole = [parts.join(''), parts.join(' ')].find((text) => checkSshKey(text) === null)
  return whole === undefined ? lines : [whole]
}
