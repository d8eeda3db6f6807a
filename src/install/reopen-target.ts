import { PASSPHRASE_FILE, TARGET_ROOT } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import { CommandError, UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import type { TaskOutputs } from '../tasks/task.ts'
import { opensBy, refusedBy } from './luks-keys.ts'
import { findHold, poolsOf, readPools, releaseTarget } from './release-target.ts'

/** Makes a target that was formatted before ready to be mounted, on the same boot or after a power cut: its esps sound, its
 *  pools imported, and the passphrase in PASSPHRASE_FILE seen to open it. Erases nothing but an esp that is beyond repair;
 *  the install makes what was on that again. */
export async function reopenTarget(
  system: System,
  { plan, guids, log }: { readonly plan: Plan; readonly guids: TaskOutputs; log(line: string): void },
): Promise<void> {
  // Half open is worse than closed: an esp that is mounted cannot be mended, and disko mounts all or nothing.
  await releaseTarget(system, await findHold(system, plan))
  for (const device of espsOf(plan)) {
    await refuseOtherPlace(system, plan, device)
    await mendEsp(system, device, log)
  }
  const imported = poolsOf(plan).length === 0 ? [] : await readPools(system)
  // The system's first, for the key of the other lies on it.
  const missing = poolsOf(plan)
    .toReversed()
    .filter((pool) => !imported.includes(pool))
  for (const pool of missing) await importPool(system, pool, guids[pool] ?? null, log)
  if (plan.storage.luksDevice === null) return
  // 1: it did not come in time; cryptsetup says so then.
  const wait = ['wait', '--timeout=30', plan.storage.luksDevice]
  if (missing.length > 0) await system.run(programs.udevadm, wait, { okExitCodes: [0, 1] })
  if (await opensBy(system, plan.storage.luksDevice, PASSPHRASE_FILE)) return
  throw new UserError('the passphrase does not open the disks that the install was begun on', {
    problems: [refusedBy(plan.storage.luksDevice)],
  })
}

function espsOf({ storage }: Plan): readonly string[] {
  return storage.mounts.filter(({ filesystem }) => filesystem === 'vfat').map(({ source }) => source)
}

/** A label is a name that any disk may have. */
async function refuseOtherPlace(system: System, { storage }: Plan, device: string): Promise<void> {
  const found = device.startsWith('/dev/') ? await system.realPath(device) : null
  // Not there: the program that needs it says so.
  if (found === null) return
  const disks = await Promise.all(storage.disks.map(({ id }) => system.realPath(id)))
  if (disks.some((disk) => disk !== null && found.startsWith(disk) && /^p?\d+$/.test(found.slice(disk.length)))) return
  throw new UserError(`the name ${device} leads to ${found}, which is on none of the disks of the plan`, {
    nextSteps: ['unplug the other disk, then retry'],
  })
}

/** After a power cut an esp is marked as not unmounted, and what was being written may be half there. fsck.fat says 1 for
 *  "mended" and for "cannot be mended" alike, so a second look, which changes nothing, decides; 6 is a device that is not
 *  there. Tried with dosfstools 4.2 on images with sectors zeroed (reopen-target-real.test.ts). */
async function mendEsp(system: System, device: string, log: (line: string) => void): Promise<void> {
  await system.run(programs.fsckFat, ['-a', device], { okExitCodes: [0, 1, 2] })
  const { exitCode } = await system.query(programs.fsckFat, ['-n', device], { okExitCodes: [0, 1, 2] })
  if (exitCode === 0) return
  log(`${device} is damaged and is formatted again; what belongs on it is written again`)
  await system.run(programs.mkfsVfat, [device])
}

/** Nothing is mounted by it. A pool that a power cut left open belongs to the host id it was made with, which another medium
 *  may not have: then ZFS refuses it (exit 1). It is taken all the same, by its guid: its disks were compared with the plan,
 *  and this guid is of the pool that was made on them. Source: zpool-import(8) */
async function importPool(
  system: System,
  pool: string,
  guid: string | null,
  log: (line: string) => void,
): Promise<void> {
  const place = ['-N', '-R', TARGET_ROOT]
  try {
    await system.run(programs.zpool, ['import', ...place, guid ?? pool])
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== 1 || guid === null) throw error
    log(`the pool ${pool} was not exported by the one who had it last; it is the pool of this install, so it is taken`)
    await system.run(programs.zpool, ['import', '-f', ...place, guid])
  }
}
