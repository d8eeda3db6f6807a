import { flatten } from '../hardware/lsblk.ts'
import { readBlockDevices } from '../hardware/read-disks.ts'
import type { Plan } from '../model/plan.ts'
import { UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import type { TaskOutputs } from '../tasks/task.ts'
import { poolsOf } from './release-target.ts'

/** By which ZFS tells pools of one name apart. Kept in the journal, so that after a power cut this very pool is opened. */
export async function readPoolGuids(system: System, plan: Plan): Promise<TaskOutputs | undefined> {
  const guids: Record<string, string> = {}
  for (const pool of poolsOf(plan)) {
    const { exitCode, stdout } = await system.query(programs.zpool, ['get', '-H', '-o', 'value', 'guid', pool], {
      okExitCodes: [0, 1], // 1: there is no such pool; verify says what is missing
    })
    if (exitCode === 0 && /^\d+$/.test(stdout.trim())) guids[pool] = stdout.trim()
  }
  return Object.keys(guids).length === 0 ? undefined : guids
}

/** The pools that any disk holds, imported or not. Asked for by a plan with a pool only. */
export async function readOldGuids(system: System, plan: Plan): Promise<ReadonlySet<string>> {
  if (poolsOf(plan).length === 0) return new Set()
  const devices = (await readBlockDevices(system))?.devices.flatMap(flatten) ?? []
  // libblkid gives a pool's guid as the UUID of its members.
  return new Set(devices.flatMap(({ filesystem, uuid }) => (filesystem === 'zfs_member' && uuid ? [uuid] : [])))
}

/** disko makes no pool where one of that name can be imported: an old one whose labels outlived the wipe would be taken for
 *  the new one, with whatever key it has. */
export function refuseOldPools(guids: TaskOutputs | undefined, old: ReadonlySet<string>): void {
  const [kept] = Object.entries(guids ?? {}).filter(([, guid]) => old.has(guid))
  if (kept === undefined) return
  throw new UserError(`the pool ${kept[0]} is the one that was on the disks before: it outlived the wipe`, {
    nextSteps: ['clear its labels in a shell: zpool labelclear -f on each partition of the disks, then retry'],
  })
}
