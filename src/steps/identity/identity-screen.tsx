import { problemsAt, type StepScreen } from '../../ui/step-screen.ts'
import { strengthRow } from '../../ui/strength-row.ts'
import { sshKeyRows } from './ssh-keys-screen.tsx'

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
