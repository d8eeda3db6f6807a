import type { TaskId } from '../model/event.ts'
import { Cancelled } from '../system/errors.ts'
import type { TaskContext, TaskOutputs } from '../tasks/task.ts'
import { cancellableSystem } from './cancellable-system.ts'
import type { RunOptions } from './install-request.ts'
import type { SequenceEntry } from './sequences.ts'

/** What the tasks before left, by task. */
export type Outputs = Readonly<Partial<Record<TaskId, TaskOutputs>>>

/** Everything a task gets. Its programs end when the install is cancelled. */
export function contextFor(task: SequenceEntry, options: RunOptions, outputs: Outputs): TaskContext {
  const { plan, files, phaseFiles, secrets, confirmation, system, log, signal, onEvent } = options
  return {
    plan,
    files,
    phaseFiles,
    secrets,
    confirmation,
    outputs: { ...outputs },
    signal,
    system: cancellableSystem(system, signal),
    log: (line) => log.write(line),
    progress(fraction, message, timeLeftMs) {
      onEvent({
        type: 'task-progress',
        at: system.now().toISOString(),
        task: task.id,
        fraction,
        ...(message !== undefined && { message }),
        ...(timeLeftMs !== undefined && { timeLeftMs }),
      })
    },
  }
}

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new Cancelled('the installation was cancelled')
}
