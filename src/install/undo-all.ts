import type { Problem } from '../model/problem.ts'
import { UserError } from '../system/errors.ts'
import type { System } from '../system/system.ts'
import { contextFor, type Outputs, type Run } from './context-for.ts'
import { type Journal, recordQuietly } from './journal.ts'
import type { SequenceEntry } from './sequences.ts'
import { toTaskFailure } from './task-failure.ts'

/** Far more than any release takes that goes well. */
const UNDO_LIMIT_MS = 300_000

/** In the order of the list from its end. One undo that fails does not keep the others from running, and neither does one
 *  that never ends: a disk that does not answer holds `sync`, `umount` and `zpool` in the kernel, where nothing ends them. */
export async function undoAll(
  begun: readonly SequenceEntry[],
  options: Run,
  outputs: Outputs,
  journal: Journal | null,
): Promise<readonly Problem[]> {
  const { system, log, onEvent } = options
  const problems: Problem[] = []
  for (const task of begun.toReversed()) {
    if (task.undo === undefined) continue
    try {
      // The person's cancel must not cancel the tidying up as well.
      const hands = refusable(system)
      const context = contextFor(task, options, outputs)
      const work = task.undo({ ...context, system: hands.system, signal: new AbortController().signal })
      await withinLimit(work, options.undoLimitMs ?? UNDO_LIMIT_MS, hands.refuse)
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

/** What hangs may come back, and a retry may be at work by then: it must not unmount and export what that has opened. What
 *  runs at that moment cannot be taken back. */
function refusable(system: System): { readonly system: System; refuse(): void } {
  let isRefused = false
  const run: System['run'] = async (...given) => {
    if (isRefused) throw new UserError('nobody waits for this undo any more')
    return system.run(...given)
  }
  return {
    system: { ...system, run },
    refuse() {
      isRefused = true
    },
  }
}

async function withinLimit(work: Promise<void>, limitMs: number, giveUp: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    const message = `it did not end within ${limitMs / 1000} s; a disk may not be answering`
    timer = setTimeout(() => {
      giveUp()
      reject(new UserError(message))
    }, limitMs)
  })
  try {
    await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
