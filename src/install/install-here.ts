import type { InstallEvent, TaskFailure, TaskId } from '../model/event.ts'
import { LOG_FILE, RUNTIME_DIRECTORY } from '../model/paths.ts'
import { UserError } from '../system/errors.ts'
import { type Lock, takeLock } from '../system/lock.ts'
import type { System } from '../system/system.ts'
import { endSecrets } from './end-secrets.ts'
import type { InstallOutcome, InstallRequest } from './install-request.ts'
import type { LiveLog } from './live-log.ts'
import { forbidCoreDumps } from './no-core-dumps.ts'
import { runTasks } from './run-tasks.ts'
import { installSequence } from './sequences.ts'
import { isSystemError } from './task-failure.ts'
import { withTicker } from './with-ticker.ts'

const LOCK_FILE = `${RUNTIME_DIRECTORY}/lock`

/** Installs on this machine: alone, and with the log in its file. Every log line becomes an event too. */
export async function installHere(
  request: InstallRequest & { readonly system: System; readonly liveLog: LiveLog; readonly lockFile?: string },
): Promise<InstallOutcome> {
  const { system, liveLog } = request
  const { log } = liveLog
  const lock = await takeLockIfAllowed(request.lockFile ?? LOCK_FILE)
  if (lock !== null && 'heldBy' in lock) return refuseSecond(lock.heldBy, request)
  try {
    keepLog(liveLog)
    await forbidCoreDumps(system, log)
    const outcome = await withTicker(request, (ticking) =>
      withLogEvents(liveLog, ticking, (onEvent) =>
        runTasks({ ...request, onEvent, tasks: installSequence, system, log }),
      ),
    )
    if (outcome.status === 'installed') await endSecretsOf(request)
    return outcome
  } finally {
    await lock?.release()
  }
}

/** Runs `work` with an `onEvent` that knows which task is at work, so that log lines can say whose they are. */
export async function withLogEvents<Result>(
  liveLog: LiveLog,
  emit: (event: InstallEvent) => void,
  work: (onEvent: (event: InstallEvent) => void) => Promise<Result>,
): Promise<Result> {
  let task: TaskId | null = null
  const stop = liveLog.listen((line, at) => emit({ type: 'log', at, task, line }))
  try {
    return await work((event) => {
      if (event.type === 'task-started') task = event.task
      emit(event)
    })
  } finally {
    stop()
  }
}

/** The machine is installed: a file that cannot be removed now is gone with the next start, and no reason to call it failed. */
async function endSecretsOf({
  system,
  secrets,
  liveLog,
}: InstallRequest & { readonly system: System; readonly liveLog: LiveLog }): Promise<void> {
  try {
    await endSecrets({ system, secrets, log: liveLog.log })
  } catch (error) {
    if (!isSystemError(error)) throw error
    liveLog.log.write(`a file with a secret stays in memory until the next start: ${error.message}`)
  }
}

/** Null where /run may not be written: then this is not root, and preflight says so in better words. */
async function takeLockIfAllowed(path: string): Promise<Lock | { readonly heldBy: number } | null> {
  try {
    return await takeLock(path)
  } catch (error) {
    if (isSystemError(error)) return null
    throw error
  }
}

function keepLog(liveLog: LiveLog): void {
  try {
    liveLog.keepIn(LOG_FILE)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    liveLog.log.write(`${error.message}; it stays in memory`)
  }
}

function refuseSecond(
  heldBy: number,
  { system, onEvent }: InstallRequest & { readonly system: System },
): InstallOutcome {
  const message = `an installation is running on this machine already (process ${heldBy})`
  const nextSteps = ['go on there: on the screen (tty1) or on the serial line', 'or end that one first']
  const failure: TaskFailure = { task: 'preflight', message, nextSteps, problems: [] }
  onEvent({ type: 'task-failed', at: system.now().toISOString(), failure })
  return { status: 'failed', failure, error: new UserError(message, { nextSteps }), isBug: false }
}
