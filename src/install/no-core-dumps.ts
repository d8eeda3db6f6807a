import { CommandError } from '../system/errors.ts'
import type { Log } from '../system/log.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'

/** From now on no process of ours, and none that we start, leaves its memory behind when it crashes: it holds secrets. The
 *  kernel writes no core file at a limit of 0, and systemd-coredump, which is given every crash, keeps none then. Source:
 *  core(5); systemd, src/coredump. The units say LimitCORE=0 too; this is for an installer that was started by hand. */
export async function forbidCoreDumps(system: System, log: Pick<Log, 'write'>, pid = process.pid): Promise<void> {
  try {
    await system.run(programs.prlimit, ['--pid', String(pid), '--core=0:0'])
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    log.write(`core dumps could not be turned off: ${error.message}`)
  }
}
