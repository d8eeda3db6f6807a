import type { MachineFacts } from '../model/failure.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'

type Pool = MachineFacts['pools'][number]
type Fields = Readonly<Record<string, unknown>>

const TIMEOUT_MS = 2500

/** The imported pools with what went wrong on their disks; none where there is no ZFS, or one older than 2.3, which has no
 *  JSON. Asks nobody while no pool is imported: zpool would load the module. */
export async function readPoolFacts(system: System): Promise<readonly Pool[]> {
  const kstat = (await system.listDirectory('/proc/spl/kstat/zfs')) ?? []
  const states = await Promise.all(kstat.map((name) => system.exists(`/proc/spl/kstat/zfs/${name}/state`)))
  if (!states.includes(true)) return []
  const { stdout } = await system.query(programs.zpool, ['status', '--json', '--json-int'], { timeoutMs: TIMEOUT_MS })
  return parsePoolStatus(stdout)
}

/** The JSON of `zpool status`. Errors are counted at the leaves; a mirror's own line counts only what could not be mended.
 *  Source: OpenZFS 2.3, cmd/zpool/zpool_main.c, and a run in the lab. */
export function parsePoolStatus(json: string): readonly Pool[] {
  let status: unknown
  try {
    status = JSON.parse(json)
  } catch {
    return []
  }
  const pools = isFields(status) && isFields(status.pools) ? Object.entries(status.pools) : []
  return pools.flatMap(([name, pool]) => {
    if (!isFields(pool)) return []
    const leaves = leavesOf(pool.vdevs)
    const sum = (key: string) => leaves.reduce((total, leaf) => total + count(leaf[key]), 0)
    const state = typeof pool.state === 'string' ? pool.state : 'UNKNOWN'
    return [{ name, state, readErrors: sum('read_errors'), writeErrors: sum('write_errors') }]
  })
}

function leavesOf(vdevs: unknown): readonly Fields[] {
  if (!isFields(vdevs)) return []
  return Object.values(vdevs).flatMap((vdev) => {
    if (!isFields(vdev)) return []
    const below = leavesOf(vdev.vdevs)
    return below.length > 0 ? below : [vdev]
  })
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A number, or one in a text as older versions write it. */
function count(value: unknown): number {
  const number = Number(value)
  return Number.isFinite(number) && number > 0 ? number : 0
}
