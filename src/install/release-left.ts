import type { Plan } from '../model/plan.ts'
import type { System } from '../system/system.ts'
import { SECRET_FILES } from './end-secrets.ts'
import { findHold, releaseTarget } from './release-target.ts'

/** Lets go of what an installer that is gone has left open on this boot: first its programs end, then mounts, mapping and
 *  pools go in the only safe order. To be called under the lock, with a plan of the journal in memory. */
export async function releaseLeft(system: System, plan: Plan, log: (line: string) => void): Promise<void> {
  for (const { pid, name } of (await system.endOrphans?.()) ?? []) {
    log(`ended ${name} (process ${pid}), left by an install that did not end`)
  }
  // Of an install that was killed; whoever goes on writes what it needs anew.
  for (const file of SECRET_FILES) await system.removeFile(file)
  const hold = await findHold(system, plan)
  const { mounts, swaps, mapping, pools } = hold
  const held = [...mounts, ...swaps, ...(mapping === null ? [] : [mapping]), ...pools]
  if (held.length === 0) return
  log(`letting go of ${held.join(', ')}, left by an install that did not end`)
  await releaseTarget(system, hold)
}
