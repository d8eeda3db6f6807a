import type { NetworkInterface } from '../model/hardware.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import { hardwareProblem, type Part } from './part.ts'

const CLASS = '/sys/class/net'

/** `ip -j addr` -> addresses with prefix length by interface name; null when the text is not what ip writes. */
export function parseAddresses(json: string): ReadonlyMap<string, readonly string[]> | null {
  let links: unknown
  try {
    links = JSON.parse(json)
  } catch {
    return null
  }
  if (!Array.isArray(links)) return null
  const addresses = new Map<string, string[]>()
  // Some versions of ip write an empty object for each link they filtered out.
  for (const link of links as { ifname?: unknown; addr_info?: unknown }[]) {
    if (typeof link?.ifname !== 'string' || !Array.isArray(link.addr_info)) continue
    addresses.set(
      link.ifname,
      link.addr_info.flatMap((info: { local?: unknown; prefixlen?: unknown } | null) =>
        typeof info?.local === 'string' && typeof info.prefixlen === 'number'
          ? [`${info.local}/${info.prefixlen}`]
          : [],
      ),
    )
  }
  return addresses
}

/** The interfaces with a device behind them: no bridges, tunnels or loopback. Addresses come from `ip`; without it the
 *  list is still right and the addresses are empty. */
export async function readInterfaces(system: System): Promise<Part<'interfaces'>> {
  const [names, addresses] = await Promise.all([system.listDirectory(CLASS), readAddresses(system)])
  if (names === null) {
    const problem = hardwareProblem(
      'interfaces',
      'cannot-read-network',
      `cannot list the network interfaces: ${CLASS} is missing`,
    )
    return { value: { interfaces: [] }, problems: [problem] }
  }
  const found = await Promise.all(names.map((name) => readInterface(system, name, addresses?.get(name) ?? [])))
  const problem = hardwareProblem(
    'interfaces',
    'cannot-read-addresses',
    'cannot read the network addresses with `ip -j addr`',
  )
  return {
    value: { interfaces: found.filter((one) => one !== null) },
    problems: addresses === null ? [problem] : [],
  }
}

async function readAddresses(system: System): Promise<ReadonlyMap<string, readonly string[]> | null> {
  try {
    return parseAddresses((await system.query(programs.ip, ['-j', 'addr'], { timeoutMs: 5000 })).stdout)
  } catch {
    return null
  }
}

async function readInterface(
  system: System,
  name: string,
  addresses: readonly string[],
): Promise<NetworkInterface | null> {
  const folder = `${CLASS}/${name}`
  const [hasDevice, mac, carrier, driver, hasWireless, hasPhy] = await Promise.all([
    system.exists(`${folder}/device`),
    system.readText(`${folder}/address`),
    system.readText(`${folder}/carrier`),
    system.realPath(`${folder}/device/driver`),
    system.exists(`${folder}/wireless`),
    system.exists(`${folder}/phy80211`),
  ])
  if (!hasDevice) return null
  return {
    name,
    mac: mac?.trim() || 'unknown',
    driver: driver?.split('/').at(-1) ?? null,
    // Reading it fails with EINVAL while the interface is down: then nobody knows.
    hasCarrier: carrier?.trim() === '1' ? true : carrier?.trim() === '0' ? false : 'unknown',
    addresses,
    isWireless: hasWireless || hasPhy,
  }
}
