import type { Problem } from '../model/problem.ts'
import { contextFor, type Outputs } from './context-for.ts'
import type { RunOptions } from './install-request.ts'
import { type Journal, recordQuietly } from './journal.ts'
import type { SequenceEntry } from './sequences.ts'
import { toTaskFailure } from './task-failure.ts'

/** In the order of the list from its end. One undo that fails does not keep the others from running. */
export async function undoAll(
  begun: readonly SequenceEntry[],
  options: RunOptions,
  outputs: Outputs,
  journal: Journal | null,
): Promise<readonly Problem[]> {
  const { system, log, onEvent } = options
  const problems: Problem[] = []
  for (const task of begun.toReversed()) {
    if (task.undo === undefined) continue
    try {
      // The person's cancel must not cancel the tidying up as well.
      await task.undo({ ...contextFor(task, options, outputs), system, signal: new AbortController().signal })
      await recordQuietly(journal, { state: 'undone', task: task.id })
      onEvent({ type: 'task-undone', at: system.now().toISOString(), task: task.id })
    } catch (error) {
      const { message, command } = toTaskFailure({ ...task, nextSteps: [] }, error, log.mask)
      const text = `"${task.title}" could not be undone: ${message}`
      log.write(text)
      const hint = 'restart the machine before you use the disks'
      problems.push({
        code: 'undo-failed',
        path: ['target'],
        message: command ? `${text} (${command.line})` : text,
        hint,
      })
    }
  }
  return problems
}
