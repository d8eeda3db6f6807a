/** What the programs that probe a network say, as values. */

/** `arping -D`: the MAC address of who answers for an address, or null when nobody does. Source: iputils, arping.c. */
export function answeringMac(stdout: string): string | null {
  return /reply from \S+ \[([0-9A-Fa-f:]+)\]/.exec(stdout)?.[1]?.toLowerCase() ?? null
}

/** Whether `ip -j neigh show` knows the link address of the neighbour: it has answered, also when it ignores pings. */
export function isNeighbourThere(json: string): boolean {
  const found = list(json)[0]
  return typeof found?.lladdr === 'string' && !states(found).includes('FAILED')
}

function states(entry: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Array.isArray(entry.state) ? entry.state : []
}

/** Of `ip -j addr show`: how the kernel's own search for duplicates (IPv6) went. Null when the address is not there. */
export function duplicateState(json: string, address: string): 'searching' | 'taken' | 'free' | null {
  for (const link of list(json)) {
    const infos = Array.isArray(link.addr_info) ? (link.addr_info as readonly Record<string, unknown>[]) : []
    const found = infos.find(({ local }) => local === address)
    if (found) return found.dadfailed === true ? 'taken' : found.tentative === true ? 'searching' : 'free'
  }
  return null
}

/** Whether `ip -j route show default` names a way out. */
export function hasDefaultRoute(json: string): boolean {
  return list(json).some(({ dst }) => dst === 'default')
}

function list(json: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    const value: unknown = JSON.parse(json)
    return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : []
  } catch {
    return []
  }
}

/** The `Date` header of an answer, as `curl -I` prints it. Null when there is none. */
export function dateHeader(stdout: string): Date | null {
  const text = /^date:[ \t]*(.+?)\s*$/im.exec(stdout)?.[1]
  const time = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(time) ? null : new Date(time)
}
