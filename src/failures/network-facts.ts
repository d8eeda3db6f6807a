import type { MachineFacts } from '../model/failure.ts'
import type { lookUpName } from '../system/look-up-name.ts'
import type { System } from '../system/system.ts'
import { within } from './within.ts'

/** Where packages come from. */
const CACHE = 'cache.nixos.org'
const LOOKUP_MS = 2500
const NO_SUCH_NAME = ['ENOTFOUND', 'ENODATA']
const ANY_IPV6 = '0'.repeat(32)

/** The way to the network as the kernel has it now; a name is looked up only where there is a way. */
export async function readNetworkFacts(
  system: System,
  lookUp: typeof lookUpName,
): Promise<Pick<MachineFacts, 'hasLink' | 'hasRoute' | 'nameLookup'>> {
  const [hasLink, hasRoute] = await Promise.all([readLink(system), readRoute(system)])
  if (hasRoute !== true || hasLink === false) return { hasLink, hasRoute, nameLookup: null }
  // With several silent servers it would take as many times as long.
  const answer = (await within(LOOKUP_MS, () => lookUp(CACHE, null, LOOKUP_MS))) ?? { error: 'ETIMEOUT' }
  if ('addresses' in answer) return { hasLink, hasRoute, nameLookup: 'works' }
  return { hasLink, hasRoute, nameLookup: NO_SUCH_NAME.includes(answer.error) ? 'no-such-name' : 'no-answer' }
}

/** Does any card have a link? Bridges and bonds lie on cards, and have no `device`. */
async function readLink(system: System): Promise<boolean | null> {
  const names = await system.listDirectory('/sys/class/net')
  if (names === null) return null
  const isCard = await Promise.all(names.map((name) => system.exists(`/sys/class/net/${name}/device`)))
  const carriers = await Promise.all(
    // One that is not up cannot be read at all.
    names.filter((_, index) => isCard[index]).map((name) => system.readText(`/sys/class/net/${name}/carrier`)),
  )
  return carriers.some((carrier) => carrier?.trim() === '1')
}

/** Is there a default route, by IPv4 or IPv6? Source: Linux, Documentation/networking/ and proc_net(5). */
async function readRoute(system: System): Promise<boolean | null> {
  const [four, six] = await Promise.all([system.readText('/proc/net/route'), system.readText('/proc/net/ipv6_route')])
  if (four === null && six === null) return null
  const fields = (text: string | null) => (text ?? '').split('\n').map((line) => line.trim().split(/\s+/))
  const RTF_UP = 1
  const RTF_REJECT = 0x200
  const hasFour = fields(four).some(
    ([, destination, , flags, , , , mask]) =>
      destination === '00000000' && mask === '00000000' && (Number.parseInt(flags ?? '', 16) & RTF_UP) !== 0,
  )
  const hasSix = fields(six).some(
    ([destination, prefix, , , , , , , flags, name]) =>
      destination === ANY_IPV6 &&
      prefix === '00' &&
      name !== 'lo' &&
      (Number.parseInt(flags ?? '', 16) & (RTF_UP | RTF_REJECT)) === RTF_UP,
  )
  return hasFour || hasSix
}
