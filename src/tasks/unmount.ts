import { leaveMarks } from '../install/install-mark.ts'
import { expectedHold, findHold, poolsOf, releaseTarget } from '../install/release-target.ts'
import { onEsps } from '../install/target-mounts.ts'
import { isSystemError } from '../install/task-failure.ts'
import { TARGET_JOURNAL_FILE } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import type { TaskContext, TaskWork } from './task.ts'

/** Lets go of the disks, so that the first boot finds a pool nobody else claims. */
export const unmount: TaskWork = {
  id: 'unmount',
  check: async (context) => ((await findHeld(context)).length === 0 ? 'done' : 'todo'),
  async run({ plan, system, installerVersion, log, notice }) {
    for (const { name, health } of await readUnhealthyPools(system, plan)) {
      notice(
        'pool-degraded',
        `the pool ${name} is ${health}: one of its disks is missing or broken, look at zpool status`,
      )
    }
    // All else is done. The mark comes before the journal goes: with both on the disk the journal counts, and with neither the
    // next start of a medium that asks nothing would install once more.
    await leaveMarks(system, { plan, installerVersion, log })
    // With it on the disk the next start of an installer would offer to go on.
    for (const file of journalsOf(plan)) {
      await system.removeFile(file).catch((error: unknown) => {
        // Of a mirror's disk that is gone: the system is on the other.
        if (!isSystemError(error)) throw error
        log(`${file} stays: ${error.message}`)
      })
    }
    await releaseTarget(system, expectedHold(plan))
    return undefined
  },
  verify: findHeld,
}

async function findHeld({ plan, system }: TaskContext): Promise<readonly Problem[]> {
  const hold = await findHold(system, plan)
  const held = [
    ...hold.mounts.map((target) => `${target} is still mounted`),
    ...hold.swaps.map((swap) => `${swap} is still used as swap`),
    ...(hold.mapping === null ? [] : [`the encrypted device ${hold.mapping} is still open`]),
    ...hold.pools.map((pool) => `the pool ${pool} is still imported`),
  ]
  return held.map((message) => ({ code: 'still-held', path: ['target'], message }))
}

/** The other esps are copies of the first (modules/keystone/boot-copies.nix), so they have what the journal was when the boot
 *  loader was installed. The true one goes last: a power cut in between must not leave an older one alone. */
function journalsOf(plan: Plan): readonly string[] {
  return onEsps(plan, TARGET_JOURNAL_FILE).toReversed()
}

/** A mirror works with one disk, and nobody would know. Source: zpoolconcepts(7), Device Failure and Recovery. */
async function readUnhealthyPools(
  system: System,
  plan: Plan,
): Promise<readonly { readonly name: string; readonly health: string }[]> {
  const pools = poolsOf(plan)
  if (pools.length === 0) return []
  const { stdout } = await system.query(programs.zpool, ['list', '-H', '-o', 'name,health', ...pools], {
    okExitCodes: [0, 1], // 1: one of them is not imported
  })
  return stdout.split('\n').flatMap((line) => {
    const [name, health] = line.split('\t')
    return name === undefined || health === undefined || health === 'ONLINE' ? [] : [{ name, health }]
  })
}
