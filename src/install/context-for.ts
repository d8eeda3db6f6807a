import type { Confirmation } from '../model/answers.ts'
import type { TaskId } from '../model/event.ts'
import { Cancelled } from '../system/errors.ts'
import type { TaskContext, TaskOutputs } from '../tasks/task.ts'
import { cancellableSystem } from './cancellable-system.ts'
import type { RunOptions } from './install-request.ts'
import type { SequenceEntry } from './sequences.ts'

/** What the tasks before left, by task. */
export type Outputs = Readonly<Partial<Record<TaskId, TaskOutputs>>>

/** RunOptions with what was found at the start. */
export type Run = RunOptions & Pick<TaskContext, 'leftBy'>

/** Everything a task gets. Its programs end when the install is cancelled. */
export function contextFor(task: SequenceEntry, options: Run, outputs: Outputs): TaskContext {
  const {
    plan,
    files,
    phaseFiles,
    secrets,
    confirmation,
    begun,
    leftBy,
    system,
    installerVersion,
    log,
    signal,
    onEvent,
  } = options
  return {
    plan,
    files,
    phaseFiles,
    secrets,
    confirmation: begun === null ? confirmation : withoutPaths(confirmation),
    installerVersion,
    outputs: { ...outputs },
    goesOn: begun !== null,
    interrupted: (begun?.tasks ?? []).flatMap(({ id, stand }) => (stand === 'begun' || stand === 'failed' ? [id] : [])),
    leftBy,
    signal,
    system: cancellableSystem(system, signal),
    log: (line) => log.write(line),
    notice(code, message) {
      log.write(message)
      onEvent({ type: 'notice', at: system.now().toISOString(), code, message })
    },
    progress(fraction, message, timeLeftMs, bytes) {
      onEvent({
        type: 'task-progress',
        at: system.now().toISOString(),
        task: task.id,
        fraction,
        ...(message !== undefined && { message }),
        ...(timeLeftMs !== undefined && { timeLeftMs }),
        ...(bytes !== undefined && { bytes }),
      })
    },
  }
}

/** The kernel gives names anew at each start: a disk that goes on under another one has not moved. Its id, size and serial
 *  are compared all the same. */
function withoutPaths(confirmation: Confirmation | null): Confirmation | null {
  return confirmation && { disks: confirmation.disks.map(({ id, serial, sizeBytes }) => ({ id, serial, sizeBytes })) }
}

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new Cancelled('the installation was cancelled')
}
