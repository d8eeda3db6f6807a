import type { InstallEvent } from '../model/event.ts'
import { addEvents, fractionDone, NO_PROGRESS } from '../wizard/progress.ts'

/** A person who sees nothing for longer thinks that it hangs. */
const LONGEST_SILENCE_MS = 5000
/** A clock that is asked once a second cannot be more exact, and a slow machine is late. */
const TOLERANCE_MS = 1500

/** What is wrong with a whole stream of events of one install, a sentence each: gaps, steps back, tasks out of order, an end
 *  that is missing. For recorded streams and for the VM runs. */
export function streamProblems(events: readonly InstallEvent[]): readonly string[] {
  const told = events.filter(({ type }) => type !== 'log')
  const problems: string[] = []
  let before: InstallEvent | null = null
  let progress = NO_PROGRESS
  const fractions = new Map<string, number>()
  for (const event of told) {
    const gap = before === null ? 0 : Date.parse(event.at) - Date.parse(before.at)
    const what = 'task' in event ? `${event.type} ${event.task}` : event.type
    if (gap > LONGEST_SILENCE_MS + TOLERANCE_MS) problems.push(`${gap / 1000} s of silence before ${what}`)
    if (gap < 0) problems.push(`${what} is older than what came before it`)
    if (event.type === 'task-started') fractions.set(event.task, 0)
    if (event.type === 'task-progress') {
      const last = fractions.get(event.task)
      if (last === undefined) problems.push(`${what} before the task began`)
      else if (event.fraction < last) problems.push(`${what} goes back from ${last} to ${event.fraction}`)
      fractions.set(event.task, event.fraction)
    }
    const shown = fractionDone(progress)
    progress = addEvents(progress, [event])
    if (fractionDone(progress) < shown) problems.push(`the bar goes back at ${what}`)
    before = event
  }
  const last = told.at(-1)?.type
  const hasEnd = last === 'install-finished' || last === 'install-cancelled' || last === 'released'
  return hasEnd ? problems : [...problems, `the last event is ${last ?? 'none at all'}`]
}
