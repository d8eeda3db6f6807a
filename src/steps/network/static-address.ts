import type { FieldCheck, Finding } from '../field.ts'
import { quote } from '../field.ts'
import { ipFamily, isHostAddress, isInside, isLinkLocal, isSameAddress, parseSubnet, type Subnet } from './ip.ts'

type Family = Subnet['family']

const EXAMPLES: Readonly<Record<Family, string>> = { ipv4: 'such as 10.0.0.2/24', ipv6: 'such as fd00::2/64' }
const NAMES: Readonly<Record<Family, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' }
const KEYS: Readonly<Record<Family, string>> = { ipv4: 'address', ipv6: 'address6' }

/** The machine's own address with prefix length: `10.0.0.2/24`, `fd00::2/64`. Empty is for the caller to judge. */
export function checkAddress(text: string, family: Family): Finding | null {
  const subnet = parseSubnet(text)
  if (!subnet) {
    const found = ipFamily(text)
    const prefix = found === 'ipv6' ? 64 : 24
    return {
      code: 'invalid-address',
      message: `an address is an IP address with its prefix length, got ${quote(text)}`,
      hint: found && !isLinkLocal(text) ? `add the prefix length, such as ${text}/${prefix}` : EXAMPLES[family],
    }
  }
  if (subnet.family !== family) {
    const message = `${KEYS[family]} is an ${NAMES[family]} address, got ${text}`
    return { code: 'wrong-address-family', message, hint: `it belongs into ${KEYS[subnet.family]}` }
  }
  if (!isHostAddress(subnet)) {
    return { code: 'not-a-host-address', message: `no machine can have the address ${text}` }
  }
  if (family === 'ipv6' && isLinkLocal(subnet.address)) {
    const message = `the address ${text} is link-local: every machine makes such a one itself`
    return { code: 'not-a-host-address', message, hint: EXAMPLES.ipv6 }
  }
  return null
}

/** Judged together with the address of the same family, which must be sound. Empty: no gateway, and so no way out of the
 *  local network. */
export function checkGateway(gateway: string, address: string, family: Family): Finding | null {
  if (gateway === '') return null
  if (address === '') {
    const message = `a gateway goes with an ${NAMES[family]} address, and there is none`
    return { code: 'gateway-without-address', message, hint: `add ${KEYS[family]}, or leave the gateway empty` }
  }
  const subnet = parseSubnet(address)
  if (!subnet || subnet.family !== family) return null
  if (!ipFamily(gateway)) {
    const hint = gateway.includes('/') ? 'without a prefix length' : 'such as 10.0.0.1'
    return { code: 'invalid-gateway', message: `a gateway is an IP address, got ${quote(gateway)}`, hint }
  }
  if (isSameAddress(gateway, subnet.address)) {
    return {
      code: 'gateway-is-address',
      message: `the gateway is another machine, but ${gateway} is this one's address`,
    }
  }
  if (family === 'ipv6' && isLinkLocal(gateway)) return null
  if (!isInside(subnet, gateway)) {
    return {
      code: 'gateway-outside-subnet',
      message: `the gateway must be inside ${address}, got ${gateway}`,
      hint: 'check the gateway and the prefix length',
    }
  }
  return null
}

/** One name server: an IP address, since nothing could look up its name. */
export const checkNameserver: FieldCheck = (text) => {
  if (ipFamily(text)) return null
  return {
    code: 'invalid-nameserver',
    message: `a name server is an IP address, got ${quote(text)}`,
    hint: 'such as 9.9.9.9',
  }
}

/** RFC 1035, section 2.3.4, without the closing dot. */
const LONGEST_DOMAIN = 253
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const DOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`)

/** One domain in which short names are looked up: `home.example`. */
export const checkSearchDomain: FieldCheck = (text) => {
  if (text.length <= LONGEST_DOMAIN && DOMAIN.test(text)) return null
  return {
    code: 'invalid-search-domain',
    message: `a search domain is a name such as home.example, got ${quote(text)}`,
    ...(text.endsWith('.') && { hint: 'without the dot at the end' }),
  }
}
