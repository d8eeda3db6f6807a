import type { TaskId } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import { DURATIONS } from './durations-table.ts'

/** How long a task took, over the runs of one layout and unlock that were measured: the medians. */
export type MeasuredTask = {
  readonly layout: string
  readonly unlock: string
  readonly task: TaskId
  readonly durationMs: number
  /** Written to the planned disks; null where no run counted them. */
  readonly bytes: number | null
}

type Wanted = { readonly storage: Pick<Plan['storage'], 'layout'>; readonly unlock: Plan['unlock'] }

/** Of a task that no run has measured. */
const UNKNOWN_MS = 1000

/** What a task takes, in milliseconds, by the measured run that is nearest to the plan. Another machine is faster or slower;
 *  wizard/time-left.ts sees that from what is done. */
export function expectedMs(task: TaskId, plan: Wanted, table: readonly MeasuredTask[] = DURATIONS): number {
  return median(nearest(task, plan, table).map(({ durationMs }) => durationMs)) ?? UNKNOWN_MS
}

/** What formatting writes to the disks, in bytes; null when that was not measured for this very layout and unlock. Null for
 *  all other tasks: what they write depends on the system that is installed, and that is no matter of the layout. */
export function expectedBytes(
  task: TaskId,
  { storage, unlock }: Wanted,
  table: readonly MeasuredTask[] = DURATIONS,
): number | null {
  if (task !== 'partition') return null
  const same = table.find((row) => row.task === task && row.layout === storage.layout && row.unlock === unlock)
  return same?.bytes ?? null
}

/** The medians of single measurements, one row for each layout, unlock and task, in the order of their first lines. */
export function tableOf(
  measured: readonly (Omit<MeasuredTask, 'bytes'> & { readonly bytes?: number | null })[],
): readonly MeasuredTask[] {
  const keyOf = ({ layout, unlock, task }: Omit<MeasuredTask, 'bytes'>) => `${layout} ${unlock} ${task}`
  return [...new Set(measured.map(keyOf))].flatMap((key) => {
    const same = measured.filter((row) => keyOf(row) === key)
    const [first] = same
    if (first === undefined) return []
    const { layout, unlock, task } = first
    const bytes = median(same.flatMap((row) => (row.bytes == null ? [] : [row.bytes])))
    return [{ layout, unlock, task, durationMs: median(same.map((row) => row.durationMs)) ?? 0, bytes }]
  })
}

function nearest(task: TaskId, { storage, unlock }: Wanted, table: readonly MeasuredTask[]): readonly MeasuredTask[] {
  const ofTask = table.filter((row) => row.task === task)
  const { layout } = storage
  const candidates = [
    ofTask.filter((row) => row.layout === layout && row.unlock === unlock),
    ofTask.filter((row) => row.layout === layout && (row.unlock === 'none') === (unlock === 'none')),
    ofTask.filter((row) => isPool(row.layout) === isPool(layout) && row.unlock === unlock),
    ofTask.filter((row) => isPool(row.layout) === isPool(layout)),
  ]
  return candidates.find(({ length }) => length > 0) ?? ofTask
}

const isPool = (layout: string) => !layout.endsWith('ext4') && !layout.endsWith('xfs')

/** The middle one; of two, the mean. Null of nothing. */
function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const low = sorted[Math.floor((sorted.length - 1) / 2)]
  const high = sorted[Math.floor(sorted.length / 2)]
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2)
}
