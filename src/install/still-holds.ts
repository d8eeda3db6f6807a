import type { Problem } from '../model/problem.ts'
import { UserError } from '../system/errors.ts'
import { contextFor, type Outputs, type Run, throwIfCancelled } from './context-for.ts'
import type { SequenceEntry } from './sequences.ts'
import { isBug, toTaskFailure } from './task-failure.ts'

/** For whoever cannot go on. */
export const START_OVER = 'or begin again from the start: the disks are erased again, and all secrets asked for'

/** Is what an earlier run did still there, or can it be brought back? Throws what a person has to put right first, and
 *  rather than to let a task run again that destroys data. */
export async function stillHolds(task: SequenceEntry, options: Run, outputs: Outputs): Promise<boolean> {
  const context = contextFor(task, options, outputs)
  const holds = async () => (await task.check(context)) === 'done' && (await task.verify(context)).length === 0
  if (await holds()) return true
  if (task.restore === undefined) return false
  try {
    await task.restore(context)
    if (await holds()) return true
    if (task.destroysData) throw notRestored({ problems: [...(await task.verify(context))] })
  } catch (error) {
    throwIfCancelled(options.signal)
    // A wrong passphrase, a disk that is not plugged in: for a person to put right.
    if (isBug(error) || error instanceof UserError) throw error
    if (task.destroysData) throw notRestored({ cause: error })
    options.log.write(`cannot go on with what is there: ${toTaskFailure(task, error, options.log.mask).message}`)
  }
  options.log.write(`"${task.title}" starts over`)
  // A half restore stands in the way of a fresh start.
  await task.undo?.(context)
  return false
}

/** To go on means: nothing is erased again. Only a person starts over. */
function notRestored(found: { readonly problems?: readonly Problem[]; readonly cause?: unknown }): UserError {
  return new UserError('the disks that were formatted cannot be opened again', {
    ...found,
    nextSteps: ['check the disks and their cables, then retry', START_OVER],
  })
}
