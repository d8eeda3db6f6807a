import type { FieldCheck, Finding } from '../field.ts'
import { quote } from '../field.ts'
import { ipFamily, isHostAddress, isInside, isLinkLocal, isSameAddress, parseSubnet } from './ip.ts'

/** The machine's own address with prefix length: `10.0.0.2/24`, `fd00::2/64`. */
export const checkAddress: FieldCheck = (text) => {
  if (text === '') return { code: 'missing', message: 'a static network needs an address', hint: 'such as 10.0.0.2/24' }
  const subnet = parseSubnet(text)
  if (!subnet) {
    const hint = ipFamily(text) ? `add the prefix length, such as ${text}/24` : 'such as 10.0.0.2/24'
    return {
      code: 'invalid-address',
      message: `an address is an IP address with its prefix length, got ${quote(text)}`,
      hint,
    }
  }
  if (!isHostAddress(subnet)) {
    return { code: 'not-a-host-address', message: `${text} is no address that a machine can have` }
  }
  return null
}

/** Judged together with the address, which must be sound. Empty: no gateway, and so no way out of the local network. */
export function checkGateway(gateway: string, address: string): Finding | null {
  const subnet = parseSubnet(address)
  if (gateway === '' || !subnet) return null
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
  if (subnet.family === 'ipv6' && isLinkLocal(gateway)) return null
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
