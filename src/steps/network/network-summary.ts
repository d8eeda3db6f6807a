import type { NetworkAnswers } from '../../model/answers.ts'
import type { SummaryLine } from '../step.ts'
import { ANY_INTERFACE } from './link-rules.ts'

/** For the review page: what is set, and what is not set where its absence means something. */
export function summarizeNetwork(value: NetworkAnswers): readonly SummaryLine[] {
  const line = (label: string, text: string | null): SummaryLine[] => (text === null ? [] : [{ label, value: text }])
  const list = (label: string, texts: readonly string[]) => line(label, texts.length > 0 ? texts.join(', ') : null)
  return [
    { label: 'Interface', value: linkWords(value) },
    ...line('Wireless', value.wifi && `${value.wifi.ssid}, passphrase set`),
    ...(value.mode === 'dhcp' ? line('Address', 'by DHCP') : staticLines(value)),
    ...list('Search domains', value.searchDomains),
    ...line('Proxy', value.proxy),
  ]
}

function linkWords({ interface: name, bond, vlan }: NetworkAnswers): string {
  const link = bond
    ? `${name}: ${bond.interfaces.join(' and ')} as ${bond.mode}`
    : name === ANY_INTERFACE
      ? 'every wired interface'
      : name
  return vlan === null ? link : `${link}, VLAN ${vlan}`
}

function staticLines({ address, gateway, address6, gateway6, nameservers }: NetworkAnswers): SummaryLine[] {
  // With a gateway of the other family the machine is not cut off.
  const noGateway = gateway === null && gateway6 === null ? 'none: only the local network can be reached' : 'none'
  return [
    ...(address === null
      ? []
      : [
          { label: 'Address', value: address },
          { label: 'Gateway', value: gateway ?? noGateway },
        ]),
    ...(address6 === null
      ? []
      : [
          { label: 'IPv6 address', value: address6 },
          { label: 'IPv6 gateway', value: gateway6 ?? noGateway },
        ]),
    { label: 'Name servers', value: nameservers.join(', ') },
  ]
}
