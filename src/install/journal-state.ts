import { TASK_IDS, type TaskId } from '../model/event.ts'
import type { Begun, JournalRecord, SavedInstall } from '../model/saved-install.ts'

type Stands = Pick<Begun, 'tasks' | 'outputs' | 'isInstalled'>

/** As in install/sequences.ts: they may run again, and nothing after them has to. */
export const CHANGES_NOTHING: ReadonlySet<TaskId> = new Set(['preflight', 'copy-log'])

/** Nothing after them is built on what they make. */
export const LEAVES_LATER: ReadonlySet<TaskId> = new Set(['install'])

/** How far an install came, by its records. Undone is not unmade: the disks stay formatted, and `check` and `restore` see
 *  what is left of it. */
export function standsOf(records: readonly JournalRecord[]): Stands {
  const last = lastOfEach(records)
  const outputs: Partial<Record<TaskId, Readonly<Record<string, string>>>> = {}
  for (const record of last.values()) if (record.state === 'finished') outputs[record.task] = record.outputs
  return {
    tasks: TASK_IDS.map((id) => ({ id, stand: standOf(last.get(id)) })),
    outputs,
    isInstalled: records.some(({ state }) => state === 'installed'),
  }
}

/** A journal as what is known of the install it tells of; whether it can go on is not judged here. */
export function begunFrom(
  saved: SavedInstall,
  records: readonly JournalRecord[],
  place: Begun['place'],
  problems: Begun['problems'] = [],
): Begun {
  return { saved, ...standsOf(records), place, problems }
}

/** The fewest records that tell the same, for a journal that begins anew. */
export function recordsOf({ tasks, outputs, isInstalled }: Stands, at: string): readonly JournalRecord[] {
  const records = tasks.flatMap(({ id: task, stand }): readonly JournalRecord[] => {
    if (stand === 'not begun') return []
    if (stand === 'finished') return [{ at, state: 'finished', task, outputs: outputs[task] ?? {} }]
    return [{ at, state: stand === 'failed' ? 'failed' : 'started', task }]
  })
  return isInstalled ? [...records, { at, state: 'installed' }] : records
}

type TaskRecord = Extract<JournalRecord, { readonly task: TaskId }>

function lastOfEach(records: readonly JournalRecord[]): ReadonlyMap<TaskId, TaskRecord> {
  const last = new Map<TaskId, TaskRecord>()
  for (const record of records) {
    if (!('task' in record) || record.state === 'undone') continue
    // Only looked at again, and nothing was done to it: a disk that could not be opened is formatted all the same.
    if (record.state === 'failed' && last.get(record.task)?.state === 'finished') continue
    last.set(record.task, record)
    if (record.state !== 'started' || CHANGES_NOTHING.has(record.task) || LEAVES_LATER.has(record.task)) continue
    // What was built on what is replaced now is to be done again, whenever this one ends.
    for (const later of TASK_IDS.slice(TASK_IDS.indexOf(record.task) + 1)) last.delete(later)
  }
  return last
}

function standOf(record: TaskRecord | undefined): Stands['tasks'][number]['stand'] {
  if (record === undefined) return 'not begun'
  if (record.state === 'finished') return 'finished'
  return record.state === 'failed' ? 'failed' : 'begun'
}
