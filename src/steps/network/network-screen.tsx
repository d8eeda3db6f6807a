import { lookRows } from '../../ui/look-rows.ts'
import type { Row } from '../../ui/rows.ts'
import { problemsAt, type StepScreen, type StepScreenProps } from '../../ui/step-screen.ts'
import { parseStep } from '../parse-step.ts'
import { linkRows } from './link-rows-screen.tsx'
import { networkStep } from './network.ts'
import { listField, textField } from './text-fields-screen.tsx'

type Props = StepScreenProps<'network'>

export const networkScreen: StepScreen<'network'> = (props) => [
  { kind: 'heading', text: 'Which interface?' },
  ...linkRows(props),
  { kind: 'blank' },
  { kind: 'heading', text: 'How does it get its address?' },
  modeRow('dhcp', 'By DHCP, from the router', props),
  modeRow('static', 'Static, as written here', props),
  ...(props.draft.mode === 'static' ? staticRows(props) : []),
  { kind: 'blank' },
  ...moreRows(props),
  ...checkRows(props),
]

function modeRow(mode: 'dhcp' | 'static', label: string, { draft, problems, onChange }: Props): Row {
  return {
    kind: 'choice',
    id: mode,
    group: 'mode',
    label,
    isChosen: draft.mode === mode,
    problems: draft.mode === mode ? problemsAt(problems, 'network', 'mode') : [],
    onChoose: () => onChange({ ...draft, mode }),
  }
}

function staticRows(props: Props): readonly Row[] {
  return [
    textField(props, 'address', 'Address', 'such as 10.0.0.2/24'),
    textField(props, 'gateway', 'Gateway', 'your router'),
    textField(props, 'address6', 'IPv6 address', 'may be empty'),
    textField(props, 'gateway6', 'IPv6 gateway', 'may be empty'),
    listField(props, 'nameservers', 'Name servers', 'several with commas'),
  ]
}

/** What few need. It is shown as soon as something is in it, so that nothing takes effect unseen. */
function moreRows(props: Props): readonly Row[] {
  const { draft, memory, problems } = props
  const keys = ['vlan', 'searchDomains', 'proxy'] as const
  const isUsed = keys.some((key) => draft[key].length > 0 || problemsAt(problems, 'network', key).length > 0)
  const isShown = isUsed || memory.isOn('more')
  return [
    {
      kind: 'check',
      id: 'more',
      label: 'Show VLAN, search domains and proxy',
      isChecked: isShown,
      onToggle: () => memory.set('more', !isShown),
    },
    ...(isShown
      ? [
          textField(props, 'vlan', 'VLAN', 'its number, or empty'),
          listField(props, 'searchDomains', 'Search domains', 'several with commas'),
          textField(props, 'proxy', 'Proxy', 'http://…, or empty'),
        ]
      : []),
  ]
}

/** Advice, for whoever wants it: going on works without. */
function checkRows({ draft, looks }: Props): readonly Row[] {
  const { wifiPassphrase: _, ...about } = draft
  const name = JSON.stringify(about)
  const look = looks.get('check')
  const parsed = parseStep(networkStep, draft)
  return [
    {
      kind: 'action',
      id: 'check',
      label: 'Check the network now',
      verb: 'check',
      goesOn: true,
      onPress() {
        if ('value' in parsed) looks.start('check', name, ({ checkNetwork }) => checkNetwork(parsed.value))
      },
    },
    ...('problems' in parsed
      ? [{ kind: 'note', text: 'It needs what is missing above.', tone: 'dim', indent: 4 } as const]
      : []),
    ...(look?.about === name ? lookRows(look, 'Checking: this takes up to half a minute where nobody answers…') : []),
  ]
}
