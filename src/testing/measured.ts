import type { InstallEvent } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import type { Recorded } from './recorded-installs.ts'

export type Measured = Recorded & { readonly bytes?: number }

/** What one install that went well tells of its tasks: lines for e2e/faults/durations.jsonl, from which
 *  scripts/update-durations.mjs makes the table. Tasks that were done before are left out. */
export function measurementsOf(
  events: readonly InstallEvent[],
  {
    run,
    layout,
    unlock,
  }: { readonly run: string; readonly layout: Plan['storage']['layout']; readonly unlock: Plan['unlock'] },
): readonly Measured[] {
  if (!events.some(({ type }) => type === 'install-finished')) return []
  return events.flatMap((event) => {
    if (event.type !== 'task-finished' || event.outcome !== 'done') return []
    const { task, durationMs } = event
    const told = events.findLast((other) => other.type === 'task-progress' && other.task === task && other.bytes)
    const bytes = told?.type === 'task-progress' ? told.bytes?.done : undefined
    return [{ run, layout, unlock, task, durationMs, ...(bytes !== undefined && { bytes }) }]
  })
}
