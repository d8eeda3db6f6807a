import { BOND_MODES, type BondMode } from '../../model/answers.ts'
import type { NetworkInterface, StackedInterface } from '../../model/hardware.ts'
import type { Row } from '../../ui/rows.ts'
import { problemsAt, type StepScreenProps } from '../../ui/step-screen.ts'
import { ANY_INTERFACE, BOND_INTERFACE } from './link-rules.ts'

type Props = StepScreenProps<'network'>

const ANY_PORT = 'The cable may go into any port.'
const NONE_FOUND = 'None was found here. Without one there is no network.'

/** With more of them only the chosen one says its details: the page must stay readable. */
const FEW_LINKS = 3

/** The interfaces, any of them, or several together; below them what belongs to the chosen one. */
export function linkRows(props: Props): readonly Row[] {
  const { draft, hardware, problems } = props
  const wired = hardware.interfaces.filter(({ isWireless }) => !isWireless)
  const chosen = hardware.interfaces.find(({ name }) => name === draft.interface)
  const isBond = draft.interface === BOND_INTERFACE
  const isListed = chosen !== undefined || isBond || draft.interface === ANY_INTERFACE
  return [
    ...stackedRows(hardware.stackedInterfaces ?? []),
    // From an answer file: no row below can show it.
    ...(isListed
      ? []
      : [
          {
            kind: 'problems',
            problems: problemsAt(problems, 'network', 'interface'),
            fieldId: hardware.interfaces[0] ? `interface-${hardware.interfaces[0].name}` : 'interface-any',
          } as const,
        ]),
    ...hardware.interfaces.map((link) => linkRow(link, props)),
    choice(props, ANY_INTERFACE, 'Any wired interface', wired.length > 0 ? ANY_PORT : NONE_FOUND),
    ...(wired.length > 1 || isBond ? [choice(props, BOND_INTERFACE, 'Several wired interfaces together (bond)')] : []),
    // Not among the choices: Tab goes from one group to the next.
    ...(chosen?.isWireless ? wirelessRows(props) : []),
    ...(isBond ? bondRows(wired, props) : []),
  ]
}

function choice({ draft, problems, onChange }: Props, name: string, label: string, detail?: string): Row {
  const isChosen = draft.interface === name
  return {
    kind: 'choice',
    id: `interface-${name}`,
    group: 'interface',
    label,
    ...(detail !== undefined && { detail }),
    isChosen,
    problems: isChosen ? problemsAt(problems, 'network', 'interface') : [],
    // A wireless network belongs to a wireless interface.
    onChoose: () => onChange({ ...draft, interface: name, wifiName: '', wifiPassphrase: '' }),
  }
}

function linkRow(link: NetworkInterface, props: Props): Row {
  const addresses = withoutLinkLocal(link.addresses)
  const { draft, hardware } = props
  const details = [
    link.mac === 'unknown' ? 'MAC address unknown' : `MAC ${link.mac}`,
    ...(link.driver === null ? [] : [`driver ${link.driver}`]),
    ...(addresses.length === 0 ? [] : [`now ${addresses.join(', ')}`]),
  ].join('; ')
  const hasDetail = hardware.interfaces.length <= FEW_LINKS || draft.interface === link.name
  return choice(props, link.name, `${link.name}  ${plugWords(link)}`, hasDetail ? details : undefined)
}

function plugWords({ isWireless, hasCarrier, memberOf }: NetworkInterface): string {
  const plug = hasCarrier === true ? 'cable connected' : hasCarrier === false ? 'no cable' : 'cable unknown'
  return [isWireless ? 'wireless' : plug, ...(memberOf === undefined ? [] : [`now part of ${memberOf}`])].join(', ')
}

/** How the machine is connected now, where that is by more than a cable: somebody has set it up so for a reason. */
function stackedRows(stacked: readonly StackedInterface[]): readonly Row[] {
  if (stacked.length === 0) return []
  const text = `Now in use: ${stacked.map(stackedWords).join('; ')}. None of it is taken over: choose here what is to be installed.`
  return [{ kind: 'note', text, tone: 'dim', indent: 2 }]
}

/** `bond0.120 (VLAN 120 on bond0, 10.120.0.12/24)` */
function stackedWords({ name, kind, members, vlan, mode, addresses }: StackedInterface): string {
  const what = {
    bond: mode === undefined ? 'bond' : `${mode} bond`,
    vlan: `VLAN ${vlan ?? ''}`.trim(),
    bridge: 'bridge',
  }
  const on = members.length === 0 ? '' : ` ${kind === 'vlan' ? 'on' : 'of'} ${members.join(' and ')}`
  const shown = withoutLinkLocal(addresses)
  return `${name} (${what[kind]}${on}${shown.length === 0 ? '' : `, ${shown.join(', ')}`})`
}

/** Every link gives itself a link-local address: it tells nothing. */
function withoutLinkLocal(addresses: readonly string[]): readonly string[] {
  return addresses.filter((address) => !/^fe80:/iu.test(address))
}

function wirelessRows({ draft, problems, memory, onChange }: Props): readonly Row[] {
  const isHidden = !memory.isOn('shown')
  return [
    {
      kind: 'text',
      id: 'wifi-name',
      label: 'Network name',
      value: draft.wifiName,
      hint: 'its SSID',
      problems: problemsAt(problems, 'network', 'wifiName'),
      onChange: (wifiName) => onChange({ ...draft, wifiName }),
    },
    {
      kind: 'text',
      id: 'wifi-passphrase',
      label: 'Passphrase',
      value: draft.wifiPassphrase,
      isHidden,
      hint: 'WPA2 or WPA3',
      problems: problemsAt(problems, 'network', 'wifiPassphrase'),
      onChange: (wifiPassphrase) => onChange({ ...draft, wifiPassphrase }),
    },
    {
      kind: 'check',
      id: 'shown',
      label: 'Show what is typed',
      isChecked: !isHidden,
      onToggle: () => memory.set('shown', isHidden),
    },
  ]
}

const MODE_WORDS: Readonly<Record<BondMode, string>> = {
  'active-backup': 'one works, the others stand by; with every switch',
  '802.3ad': 'LACP; the switch must be set up for it',
  'balance-alb': 'all work; with every switch, not with every driver',
}

function bondRows(wired: readonly NetworkInterface[], { draft, problems, onChange }: Props): readonly Row[] {
  const all = problemsAt(problems, 'network', 'bondInterfaces')
  const names = new Set(wired.map(({ name }) => name))
  // Of members that this machine does not have, and of the list as a whole.
  const homeless = all.filter(({ path }) => !names.has(draft.bondInterfaces[Number(path[2])] ?? ''))
  return [
    ...(homeless.length > 0
      ? [
          {
            kind: 'problems',
            problems: homeless,
            words: homeless.map(inWords),
            fieldId: `member-${wired[0]?.name ?? ''}`,
          } as const,
        ]
      : []),
    { kind: 'note', text: 'Made of:', tone: 'dim', indent: 4 },
    ...wired.map((link): Row => {
      const at = draft.bondInterfaces.indexOf(link.name)
      const known = draft.bondInterfaces.filter((name) => names.has(name))
      return {
        kind: 'check',
        id: `member-${link.name}`,
        group: 'members',
        label: `${link.name}  ${plugWords(link)}`,
        isChecked: at >= 0,
        problems: at >= 0 ? all.filter(({ path }) => path[2] === at) : [],
        // What this machine lacks cannot be unticked: the first change here drops it.
        onToggle: () =>
          onChange({
            ...draft,
            bondInterfaces: at >= 0 ? known.filter((name) => name !== link.name) : [...known, link.name],
          }),
      }
    }),
    { kind: 'note', text: 'They share the work by:', tone: 'dim', indent: 4 },
    ...BOND_MODES.map(
      (mode): Row => ({
        kind: 'choice',
        id: `bond-${mode}`,
        group: 'bond-mode',
        label: `${mode}: ${MODE_WORDS[mode]}`,
        isChosen: draft.bondMode === mode,
        problems: draft.bondMode === mode ? problemsAt(problems, 'network', 'bondMode') : [],
        onChoose: () => onChange({ ...draft, bondMode: mode }),
      }),
    ),
  ]
}

const inWords = (problem: Props['problems'][number]) =>
  problem.code === 'bond-needs-interfaces' ? { ...problem, hint: 'choose them below' } : problem
