import type { Row } from '../../ui/rows.ts'
import { problemsAt, type StepScreen, type StepScreenProps } from '../../ui/step-screen.ts'
import { strengthRow } from '../../ui/strength-row.ts'
import { cut } from '../../ui/text.ts'
import { checkSshKey } from './ssh-key.ts'

type Props = StepScreenProps<'identity'>

export const identityScreen: StepScreen<'identity'> = (props) => {
  const { draft, problems, memory } = props
  const isHidden = !memory.isOn('shown')
  const ofPassword = problemsAt(problems, 'identity', 'password')
  return [
    {
      kind: 'text',
      id: 'host-name',
      label: 'Host name',
      value: draft.hostName,
      problems: problemsAt(problems, 'identity', 'hostName'),
      onChange: (hostName) => props.onChange({ ...draft, hostName }),
    },
    {
      kind: 'text',
      id: 'user-name',
      label: 'Admin user',
      value: draft.userName,
      hint: 'may use sudo',
      problems: problemsAt(problems, 'identity', 'userName'),
      onChange: (userName) => props.onChange({ ...draft, userName }),
    },
    {
      kind: 'text',
      id: 'password',
      label: 'Password',
      value: draft.password,
      isHidden,
      problems: ofPassword.filter(({ code }) => code !== 'passwords-differ'),
      onChange: (password) => props.onChange({ ...draft, password }),
    },
    {
      kind: 'text',
      id: 'repeat',
      label: 'Once more',
      value: props.repeat,
      isHidden,
      problems: ofPassword.filter(({ code }) => code === 'passwords-differ'),
      onChange: props.onRepeat,
    },
    {
      kind: 'check',
      id: 'shown',
      label: 'Show what is typed',
      isChecked: !isHidden,
      onToggle: () => memory.set('shown', isHidden),
    },
    ...(draft.password === '' ? [] : [strengthRow(draft.password, props.strength)]),
    { kind: 'blank' },
    { kind: 'heading', text: 'SSH keys' },
    ...sshKeyRows(props),
  ]
}

function sshKeyRows({ draft, problems, onChange, memory, width }: Props): readonly Row[] {
  const add = (lines: readonly string[]): boolean => {
    const keys = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
    const sound = keys.filter((key) => checkSshKey(key) === null && !draft.sshKeys.includes(key))
    const refused = keys.map((key) => checkSshKey(key)).find((finding) => finding !== null)
    if (sound.length > 0) onChange({ ...draft, sshKeys: [...draft.sshKeys, ...new Set(sound)] })
    memory.set('refused', refused ? `${refused.message}${refused.hint ? `\n${refused.hint}` : ''}` : '')
    return refused === undefined
  }
  const text = memory.text('new-key') ?? ''
  const [message = '', hint = ''] = (memory.text('refused') ?? '').split('\n')
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
        label: `${index + 1}. ${shortKey(key, width - 8)}`,
        verb: 'remove',
        problems: problemsAt(problems, 'identity', 'sshKeys', index),
        onPress: remove,
      }
    }),
    {
      kind: 'text',
      id: 'new-key',
      label: draft.sshKeys.length === 0 ? 'Add a key' : 'Add another',
      value: text,
      hint: 'paste it, then Enter',
      problems:
        message === ''
          ? []
          : [{ code: 'ssh-key-refused', path: ['identity', 'sshKeys'], message, ...(hint !== '' && { hint }) }],
      onChange(value) {
        memory.set('new-key', value)
        memory.set('refused', '')
      },
      onPasteLines: (lines) => void add(lines),
      commit() {
        const isTaken = add([text])
        if (isTaken) memory.set('new-key', '')
        return isTaken
      },
    },
  ]
}

/** `ssh-ed25519 AAAAC3Nza…rXp2 anna@laptop`: the ends of a key tell it apart. */
function shortKey(key: string, width: number): string {
  const [type = '', data = '', ...comment] = key.split(' ')
  const ends = data.length > 24 ? `${data.slice(0, 10)}…${data.slice(-8)}` : data
  return cut([type, ends, ...comment].join(' '), width)
}
