import * as z from 'zod'
import { BOND_MODES, type NetworkAnswers } from '../../model/answers.ts'
import { Secret } from '../../model/secret.ts'
import { acrossFields, checkedText } from '../field.ts'
import type { Drafts, Step } from '../step.ts'
import { checkAcrossFields } from './across-fields.ts'
import { checkWithMachine } from './check-with-machine.ts'
import { ANY_INTERFACE, BOND_INTERFACE, checkInterface, checkVlan } from './link-rules.ts'
import { summarizeNetwork } from './network-summary.ts'
import { checkProxy } from './proxy.ts'
import { checkSearchDomain } from './static-address.ts'
import { checkWifiName } from './wifi-rules.ts'

export { ANY_INTERFACE, BOND_INTERFACE, checkInterface }

/** Keys that mean nothing unless another one says something. A page hides them and keeps what is in them; a file that gives
 *  them contradicts itself. */
export const KEYS_THAT_NEED: readonly {
  readonly keys: readonly (keyof Drafts['network'])[]
  readonly needs: keyof Drafts['network']
  readonly value: string
  /** Of the Problem. */
  readonly code: string
}[] = [
  {
    keys: ['address', 'gateway', 'address6', 'gateway6', 'nameservers'],
    needs: 'mode',
    value: 'static',
    code: 'not-used-with-dhcp',
  },
  { keys: ['bondInterfaces', 'bondMode'], needs: 'interface', value: BOND_INTERFACE, code: 'not-used-without-bond' },
]

const staticOnly = (what: string) => `only with mode static: ${what}`

const fields = z
  .strictObject({
    interface: checkedText(
      checkInterface,
      `name such as enp0s2; any takes every wired interface, ${BOND_INTERFACE} those of bondInterfaces together`,
    ),
    bondInterfaces: z.array(z.string()).describe(`only with interface ${BOND_INTERFACE}: names of wired interfaces`),
    bondMode: z.string().describe(`only with interface ${BOND_INTERFACE}: ${BOND_MODES.join(', ')}`),
    vlan: checkedText(checkVlan, 'number of the VLAN, 1 to 4094; empty for none'),
    mode: z.enum(['dhcp', 'static']).describe('dhcp or static'),
    address: z.string().describe(staticOnly('IPv4 address with prefix length, such as 10.0.0.2/24')),
    gateway: z.string().describe(staticOnly('IPv4 address of the router')),
    address6: z.string().describe(staticOnly('IPv6 address with prefix length, such as fd00::2/64')),
    gateway6: z.string().describe(staticOnly('IPv6 address of the router, may begin with fe80')),
    nameservers: z.array(z.string()).describe(staticOnly('IP addresses, at least one')),
    searchDomains: z
      .array(checkedText(checkSearchDomain, 'domain such as home.example'))
      .describe('domains in which short names are looked up'),
    proxy: checkedText(checkProxy, 'for downloads, such as http://proxy.example:3128; empty for none'),
    wifiName: checkedText(checkWifiName, 'only with a wireless interface: name of the network'),
    wifiPassphrase: z.string().describe('only with wifiName: WPA passphrase, or 64 hex digits'),
  })
  .check(acrossFields<Drafts['network']>(checkAcrossFields))

export const networkStep: Step<'network'> = {
  id: 'network',
  title: 'Network',
  help: [
    'DHCP takes the address from your router and is right in most homes. Choose static when this server must always have ' +
      'the same address and the router does not care for it. It then needs the address with its prefix length, 10.0.0.2/24, ' +
      'the gateway, which is your router, and at least one name server.',
    'With "any" every wired interface is configured, so the cable may go into any port. A bond puts several interfaces ' +
      'together: active-backup works with every switch, 802.3ad needs one that is set up for it.',
    'A VLAN is a number that your network has given this machine; leave it empty if you know of none. The proxy is used for ' +
      'downloads. A wireless network is for the installed system; nmtui in the shell of Alt+F2 connects this live system.',
    'The check tries what is written here: the cable, whether another machine has the address, the gateway, the name ' +
      'servers and the clock. It is advice: the install goes on without a network, too, as far as the medium has all it needs.',
  ],
  schema: fields.transform(toAnswers),
  defaults(hardware) {
    const wired = hardware.interfaces.filter(({ isWireless }) => !isWireless)
    // A member of a running bond or bridge has no address of its own: alone it may not reach anything.
    const own = wired.filter(({ memberOf }) => memberOf === undefined)
    const best = own.find(({ hasCarrier }) => hasCarrier === true) ?? (own.length === wired.length ? own[0] : undefined)
    return { ...NOTHING_SPECIAL, interface: best?.name ?? ANY_INTERFACE }
  },
  check: checkWithMachine,
  summary: summarizeNetwork,
}

/** DHCP on every wired interface: what a file may leave out. */
export const NOTHING_SPECIAL: Drafts['network'] = {
  interface: ANY_INTERFACE,
  bondInterfaces: [],
  bondMode: BOND_MODES[0],
  vlan: '',
  mode: 'dhcp',
  address: '',
  gateway: '',
  address6: '',
  gateway6: '',
  nameservers: [],
  searchDomains: [],
  proxy: '',
  wifiName: '',
  wifiPassphrase: '',
}

function toAnswers(draft: Drafts['network'] & { mode: NetworkAnswers['mode'] }): NetworkAnswers {
  const isStatic = draft.mode === 'static'
  const hasBond = draft.interface === BOND_INTERFACE
  const mode = BOND_MODES.find((each) => each === draft.bondMode) ?? BOND_MODES[0]
  const staticText = (text: string) => (isStatic && text !== '' ? text : null)
  return {
    interface: draft.interface,
    bond: hasBond ? { interfaces: draft.bondInterfaces, mode } : null,
    vlan: draft.vlan === '' ? null : Number(draft.vlan),
    mode: draft.mode,
    address: staticText(draft.address),
    gateway: staticText(draft.gateway),
    address6: staticText(draft.address6),
    gateway6: staticText(draft.gateway6),
    nameservers: isStatic ? draft.nameservers : [],
    searchDomains: draft.searchDomains,
    proxy: draft.proxy === '' ? null : draft.proxy,
    wifi: draft.wifiName === '' ? null : { ssid: draft.wifiName, passphrase: new Secret(draft.wifiPassphrase) },
  }
}
