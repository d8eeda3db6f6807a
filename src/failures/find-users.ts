import type { MachineFacts } from '../model/failure.ts'
import type { Plan } from '../model/plan.ts'
import type { System } from '../system/system.ts'
import { isOfInstall, readMountLines } from './mount-facts.ts'

type User = MachineFacts['users'][number]

const ENOUGH = 8

/** Who keeps the target from being let go: processes with a folder, a root or an open file on its mounts, or with its mapping
 *  open. One line for each process, itself left out, at most eight. `path` is where it is, a mapping by its name. */
export async function findUsers(system: System, plan: Plan): Promise<readonly User[]> {
  const { luksName } = plan.storage
  const mapping = luksName === null ? null : `/dev/mapper/${luksName}`
  const device = mapping === null ? null : await system.realPath(mapping)
  const mounts = (await readMountLines(system)).filter(isOfInstall).map(({ target }) => target)
  if (mounts.length === 0 && device === null) return []
  const placeOf = (path: string | null): string | null => {
    if (path === null) return null
    if (path === device) return mapping
    return mounts.some((top) => path === top || path.startsWith(`${top}/`)) ? path : null
  }
  const own = /^Pid:\s+(\d+)$/m.exec((await system.readText('/proc/self/status')) ?? '')?.[1]
  const users: User[] = []
  for (const pid of (await system.listDirectory('/proc')) ?? []) {
    if (!/^\d+$/.test(pid) || pid === own) continue
    const path = await findPlace(system, pid, placeOf)
    if (path === null) continue
    const name = (await system.readText(`/proc/${pid}/comm`))?.trim() ?? '?'
    users.push({ pid: Number(pid), name, path })
    if (users.length === ENOUGH) break
  }
  return users.toSorted((a, b) => a.pid - b.pid)
}

async function findPlace(
  system: System,
  pid: string,
  placeOf: (path: string | null) => string | null,
): Promise<string | null> {
  const files = (await system.listDirectory(`/proc/${pid}/fd`)) ?? []
  for (const link of ['cwd', 'root', ...files.map((file) => `fd/${file}`)]) {
    // Sockets and pipes lead nowhere.
    const place = placeOf(await system.realPath(`/proc/${pid}/${link}`))
    if (place !== null) return place
  }
  return null
}
