import type { NetworkInterface, StackedInterface } from '../model/hardware.ts'
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
        isAddress(info?.local) && Number.isInteger(info?.prefixlen) ? [`${info?.local}/${info?.prefixlen}`] : [],
      ),
    )
  }
  return addresses
}

const isAddress = (text: unknown) => typeof text === 'string' && /^[0-9a-f:.]{2,45}$/i.test(text)

/** The interfaces with a device behind them, without tunnels and loopback, and the bonds, VLANs and bridges on them.
 *  Addresses come from `ip`; without it the lists are still right and the addresses are empty. */
export async function readInterfaces(system: System): Promise<Part<'interfaces' | 'stackedInterfaces'>> {
  const [names, addresses] = await Promise.all([system.listDirectory(CLASS), readAddresses(system)])
  if (names === null) {
    const problem = hardwareProblem(
      'interfaces',
      'cannot-read-network',
      `cannot list the network interfaces: ${CLASS} is missing`,
    )
    return { value: { interfaces: [] }, problems: [problem] }
  }
  const [found, stacked] = await Promise.all([
    Promise.all(names.map((name) => readInterface(system, name, addresses?.get(name) ?? []))),
    Promise.all(names.map((name) => readStacked(system, name, addresses?.get(name) ?? []))),
  ])
  const stackedInterfaces = stacked.filter((one) => one !== null)
  const problem = hardwareProblem(
    'interfaces',
    'cannot-read-addresses',
    'cannot read the network addresses with `ip -j addr`',
  )
  return {
    value: {
      interfaces: found.filter((one) => one !== null),
      ...(stackedInterfaces.length > 0 ? { stackedInterfaces } : {}),
    },
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
  const [hasDevice, mac, carrier, driver, hasWireless, hasPhy, speed, master] = await Promise.all([
    system.exists(`${folder}/device`),
    system.readText(`${folder}/address`),
    system.readText(`${folder}/carrier`),
    system.realPath(`${folder}/device/driver`),
    system.exists(`${folder}/wireless`),
    system.exists(`${folder}/phy80211`),
    system.readText(`${folder}/speed`),
    system.realPath(`${folder}/master`),
  ])
  if (!hasDevice) return null
  // -1 while there is no link; some virtual ones answer with the largest number there is.
  const speedMbit = /^[1-9]\d{0,6}$/.test(speed?.trim() ?? '') ? Number(speed) : null
  const memberOf = master?.split('/').at(-1) ?? null
  return {
    name,
    // InfiniBand has 20 bytes, a serial line none.
    mac: /^[0-9a-f]{2}(:[0-9a-f]{2}){5,19}$/i.exec(mac?.trim() ?? '')?.[0] ?? 'unknown',
    driver: driver?.split('/').at(-1) ?? null,
    // Reading it fails with EINVAL while the interface is down: then nobody knows.
    hasCarrier: carrier?.trim() === '1' ? true : carrier?.trim() === '0' ? false : 'unknown',
    addresses,
    isWireless: hasWireless || hasPhy,
    ...(speedMbit === null ? {} : { speedMbit }),
    ...(memberOf === null ? {} : { memberOf }),
  }
}

/** The kernel says in DEVTYPE what it made, and links each interface below as `lower_NAME`. Source: Linux,
 *  Documentation/ABI/testing/sysfs-class-net. */
async function readStacked(
  system: System,
  name: string,
  addresses: readonly string[],
): Promise<StackedInterface | null> {
  const folder = `${CLASS}/${name}`
  const kind = /^DEVTYPE=(bond|vlan|bridge)$/m.exec((await system.readText(`${folder}/uevent`)) ?? '')?.[1]
  if (kind !== 'bond' && kind !== 'vlan' && kind !== 'bridge') return null
  const [entries, bonding, vlanText] = await Promise.all([
    system.listDirectory(folder),
    kind === 'bond' ? system.readText(`${folder}/bonding/mode`) : null,
    kind === 'vlan' ? system.readText(`/proc/net/vlan/${name}`) : null,
  ])
  const vlan = /\bVID: (\d{1,4})\b/.exec(vlanText ?? '')?.[1]
  // `802.3ad 4`: its name and its number.
  const mode = bonding?.trim().split(' ')[0]
  return {
    name,
    kind,
    members: (entries ?? []).flatMap((entry) => /^lower_(.+)$/.exec(entry)?.[1] ?? []),
    ...(vlan === undefined ? {} : { vlan: Number(vlan) }),
    ...(mode ? { mode } : {}),
    addresses,
  }
}
