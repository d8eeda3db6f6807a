import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** An address with its prefix length, `10.0.0.2/24`. */
export type Subnet = { readonly address: string; readonly prefix: number; readonly family: 'ipv4' | 'ipv6' }

/** Null when the text is no plain address. A zone (`fe80::1%eth0`) is none: it means something on one machine only. */
export function ipFamily(text: string): Subnet['family'] | null {
  if (isIPv4(text)) return 'ipv4'
  return isIPv6(text) && !text.includes('%') ? 'ipv6' : null
}

export function parseSubnet(text: string): Subnet | null {
  const match = /^([0-9A-Fa-f:.]+)\/([1-9]\d{0,2})$/.exec(text)
  const [, address = '', prefixText] = match ?? []
  const family = ipFamily(address)
  const prefix = Number(prefixText)
  if (!family || prefix > (family === 'ipv4' ? 32 : 128)) return null
  return { address, prefix, family }
}

/** Whether the address lies in the subnet, by value: `fd00::1` and `fd00:0:0::1` are the same. */
export function isInside(subnet: Subnet, address: string): boolean {
  if (ipFamily(address) !== subnet.family) return false
  const block = new BlockList()
  block.addSubnet(subnet.address, subnet.prefix, subnet.family)
  return block.check(address, subnet.family)
}

export function isSameAddress(one: string, other: string): boolean {
  const family = ipFamily(one)
  return family !== null && isInside({ address: one, prefix: family === 'ipv4' ? 32 : 128, family }, other)
}

/** Ranges no machine can have as its own address. Source: IANA special-purpose address registries. */
const NEVER_A_HOST: readonly Subnet[] = [
  { address: '0.0.0.0', prefix: 8, family: 'ipv4' },
  { address: '127.0.0.0', prefix: 8, family: 'ipv4' },
  { address: '224.0.0.0', prefix: 3, family: 'ipv4' },
  { address: '::', prefix: 127, family: 'ipv6' },
  { address: 'ff00::', prefix: 8, family: 'ipv6' },
]

/** Whether a machine can have this address: not loopback or multicast, nor (IPv4 up to /30) the first or last of its subnet,
 *  which are the network's own and the broadcast address. */
export function isHostAddress({ address, prefix, family }: Subnet): boolean {
  if (NEVER_A_HOST.some((range) => isInside(range, address))) return false
  if (family === 'ipv6' || prefix > 30) return true
  const value = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
  const inSubnet = value % 2 ** (32 - prefix)
  return inSubnet !== 0 && inSubnet !== 2 ** (32 - prefix) - 1
}

/** IPv6 routers are often reached by their link-local address, which is in no subnet of ours. */
export function isLinkLocal(address: string): boolean {
  return isInside({ address: 'fe80::', prefix: 10, family: 'ipv6' }, address)
}
