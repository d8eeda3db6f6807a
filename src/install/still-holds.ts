import { contextFor, type Outputs, throwIfCancelled } from './context-for.ts'
import type { RunOptions } from './install-request.ts'
import type { SequenceEntry } from './sequences.ts'
import { isBug, toTaskFailure } from './task-failure.ts'

/** Is what an earlier run did still there, or can it be brought back? */
export async function stillHolds(task: SequenceEntry, options: RunOptions, outputs: Outputs): Promise<boolean> {
  const context = contextFor(task, options, outputs)
  const holds = async () => (await task.check(context)) === 'done' && (await task.verify(context)).length === 0
  if (await holds()) return true
  if (task.restore === undefined) return false
  try {
    await task.restore(context)
    if (await holds()) return true
  } catch (error) {
    throwIfCancelled(options.signal)
    if (isBug(error)) throw error
    options.log.write(`cannot go on with what is there: ${toTaskFailure(task, error, options.log.mask).message}`)
  }
  options.log.write(`"${task.title}" starts over`)
  // A half restore stands in the way of a fresh start.
  await task.undo?.(context)
  return false
}
