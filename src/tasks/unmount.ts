import { expectedHold, findHold, releaseTarget } from '../install/release-target.ts'
import type { Problem } from '../model/problem.ts'
import type { TaskContext, TaskWork } from './task.ts'

/** Lets go of the disks, so that the first boot finds a pool nobody else claims. */
export const unmount: TaskWork = {
  id: 'unmount',
  check: async (context) => ((await findHeld(context)).length === 0 ? 'done' : 'todo'),
  async run({ plan, system }) {
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
