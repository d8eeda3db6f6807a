import * as z from 'zod'
import type { NetworkAnswers } from '../../model/answers.ts'
import type { Hardware } from '../../model/hardware.ts'
import { acrossFields, checkedText, type FieldCheck, type Finding, quote } from '../field.ts'
import type { Drafts, Step } from '../step.ts'
import { checkAddress, checkGateway, checkNameserver } from './static-address.ts'

/** Linux: IFNAMSIZ is 16 with the closing zero byte (include/uapi/linux/if.h). */
const LONGEST_INTERFACE_NAME = 15
export const ANY_INTERFACE = 'any'

export const checkInterface: FieldCheck = (text) => {
  if (text === '') return { code: 'missing', message: 'an interface is needed', hint: 'a name such as enp0s2, or any' }
  if (text.length > LONGEST_INTERFACE_NAME) {
    const message = `an interface name has at most ${LONGEST_INTERFACE_NAME} characters, got ${text.length}`
    return { code: 'invalid-interface', message }
  }
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text)) return null
  const message = `an interface name has only letters, digits, ., _ and -, got ${quote(text)}`
  return { code: 'invalid-interface', message, hint: 'a name such as enp0s2, or any' }
}

const fields = z
  .strictObject({
    interface: checkedText(checkInterface, 'name such as enp0s2; any takes every wired interface'),
    mode: z.enum(['dhcp', 'static']).describe('dhcp or static'),
    address: z.string().describe('only with mode static: address with prefix length, such as 10.0.0.2/24'),
    gateway: z.string().describe('only with mode static: IP address of the router'),
    nameservers: z.array(z.string()).describe('only with mode static: IP addresses'),
  })
  .check(acrossFields<Drafts['network']>(checkStatic))

/** Only what the mode uses is judged: a page keeps the static fields while DHCP is chosen. */
function checkStatic(
  { interface: name, mode, address, gateway, nameservers }: Partial<Drafts['network']>,
  report: (path: readonly (string | number)[], finding: Finding) => void,
): void {
  if (mode !== 'static') return
  if (name === ANY_INTERFACE) {
    const message = 'a static address belongs to one interface, got any'
    report(['interface'], { code: 'static-needs-interface', message, hint: 'name the interface, or choose dhcp' })
  }
  const addressFinding = address === undefined ? null : checkAddress(address)
  if (addressFinding) report(['address'], addressFinding)
  const gatewayFinding = gateway === undefined ? null : checkGateway(gateway, address ?? '')
  if (gatewayFinding) report(['gateway'], gatewayFinding)
  nameservers?.forEach((nameserver, index) => {
    const finding = checkNameserver(nameserver)
    if (finding) report(['nameservers', index], finding)
  })
}

export const networkStep: Step<'network'> = {
  id: 'network',
  title: 'Network',
  help: [
    'DHCP takes the address from your router and is right in most homes. Choose static when this server must always have ' +
      'the same address and the router does not care for it.',
    'With "any" every wired interface is configured, so the cable may go into any port.',
    'A static address is written with its prefix length: 10.0.0.2/24. The gateway is the address of your router. Wireless ' +
      'interfaces are not supported.',
  ],
  schema: fields.transform(toAnswers),
  defaults(hardware) {
    const wired = hardware.interfaces.filter(({ isWireless }) => !isWireless)
    const best = wired.find(({ hasCarrier }) => hasCarrier === true) ?? wired[0]
    return { interface: best?.name ?? ANY_INTERFACE, mode: 'dhcp', address: '', gateway: '', nameservers: [] }
  },
  check(value, hardware) {
    if (value.interface === ANY_INTERFACE) return []
    const found = hardware.interfaces.find(({ name }) => name === value.interface)
    const path = ['network', 'interface']
    if (!found) {
      const message = `this machine has no interface ${value.interface}`
      return [{ code: 'interface-not-found', path, message, hint: interfacesHint(hardware) }]
    }
    if (found.isWireless) {
      const message = `${value.interface} is wireless, and only wired interfaces are supported`
      return [{ code: 'interface-is-wireless', path, message, hint: interfacesHint(hardware) }]
    }
    return []
  },
  summary: (value) => [
    { label: 'Interface', value: value.interface === ANY_INTERFACE ? 'every wired interface' : value.interface },
    ...(value.mode === 'dhcp'
      ? [{ label: 'Address', value: 'by DHCP' }]
      : [
          { label: 'Address', value: value.address ?? '' },
          { label: 'Gateway', value: value.gateway ?? 'none: only the local network can be reached' },
          { label: 'Name servers', value: value.nameservers.join(', ') || 'none: no name can be looked up' },
        ]),
  ],
}

function toAnswers(draft: Drafts['network'] & { mode: NetworkAnswers['mode'] }): NetworkAnswers {
  const { interface: name, mode } = draft
  if (mode === 'dhcp') return { interface: name, mode, address: null, gateway: null, nameservers: [] }
  return {
    interface: name,
    mode,
    address: draft.address,
    gateway: draft.gateway === '' ? null : draft.gateway,
    nameservers: draft.nameservers,
  }
}

function interfacesHint(hardware: Hardware): string {
  const wired = hardware.interfaces.filter(({ isWireless }) => !isWireless).map(({ name }) => name)
  return wired.length > 0 ? `it has ${wired.join(', ')}; any takes every wired one` : 'it has no wired interface'
}
