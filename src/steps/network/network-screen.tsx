import type { NetworkInterface } from '../../model/hardware.ts'
import type { Row } from '../../ui/rows.ts'
import { problemsAt, type StepScreen, type StepScreenProps } from '../../ui/step-screen.ts'
import { ANY_INTERFACE } from './network.ts'

type Props = StepScreenProps<'network'>

export const networkScreen: StepScreen<'network'> = (props) => {
  const { draft, hardware, problems } = props
  return [
    { kind: 'heading', text: 'Which interface?' },
    ...hardware.interfaces.map((link) => interfaceRow(link, props)),
    {
      kind: 'choice',
      id: 'interface-any',
      group: 'interface',
      label: 'Any wired interface',
      detail: 'The cable may go into any port.',
      isChosen: draft.interface === ANY_INTERFACE,
      problems: draft.interface === ANY_INTERFACE ? problemsAt(problems, 'network', 'interface') : [],
      onChoose: () => props.onChange({ ...draft, interface: ANY_INTERFACE }),
    },
    { kind: 'blank' },
    { kind: 'heading', text: 'How does it get its address?' },
    modeRow('dhcp', 'By DHCP, from the router', props),
    modeRow('static', 'Static, as written here', props),
    ...(draft.mode === 'static' ? staticRows(props) : []),
  ]
}

function interfaceRow(link: NetworkInterface, { draft, problems, onChange }: Props): Row {
  const isChosen = draft.interface === link.name
  // Every link gives itself a link-local address: it tells nothing.
  const addresses = link.addresses.filter((address) => !/^fe80:/iu.test(address))
  const carrier =
    link.hasCarrier === true ? 'cable connected' : link.hasCarrier === false ? 'no cable' : 'cable unknown'
  return {
    kind: 'choice',
    id: `interface-${link.name}`,
    group: 'interface',
    label: `${link.name}  ${carrier}`,
    detail: [
      link.mac === 'unknown' ? 'MAC address unknown' : `MAC ${link.mac}`,
      ...(link.driver === null ? [] : [`driver ${link.driver}`]),
      ...(addresses.length === 0 ? [] : [`now ${addresses.join(', ')}`]),
    ].join('; '),
    isChosen,
    problems: isChosen ? problemsAt(problems, 'network', 'interface') : [],
    ...(link.isWireless && !isChosen && { blockedBecause: 'only wired interfaces are supported' }),
    onChoose: () => onChange({ ...draft, interface: link.name }),
  }
}

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

function staticRows({ draft, problems, onChange, memory }: Props): readonly Row[] {
  return [
    {
      kind: 'text',
      id: 'address',
      label: 'Address',
      value: draft.address,
      hint: 'such as 10.0.0.2/24',
      problems: problemsAt(problems, 'network', 'address'),
      onChange: (address) => onChange({ ...draft, address: address.trim() }),
    },
    {
      kind: 'text',
      id: 'gateway',
      label: 'Gateway',
      value: draft.gateway,
      hint: 'your router',
      problems: problemsAt(problems, 'network', 'gateway'),
      onChange: (gateway) => onChange({ ...draft, gateway: gateway.trim() }),
    },
    {
      kind: 'text',
      id: 'nameservers',
      label: 'Name servers',
      // As typed: the draft's list has no place for the comma that was just pressed.
      value: memory.text('nameservers') ?? draft.nameservers.join(', '),
      hint: 'several with commas',
      problems: problemsAt(problems, 'network', 'nameservers'),
      onChange(text) {
        memory.set('nameservers', text)
        onChange({ ...draft, nameservers: text.split(/[\s,]+/u).filter((part) => part !== '') })
      },
    },
  ]
}
