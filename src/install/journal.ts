import { posix } from 'node:path'
import { TASK_IDS, type TaskId } from '../model/event.ts'
import { UserError } from '../system/errors.ts'
import type { System } from '../system/system.ts'
import type { TaskOutputs } from '../tasks/task.ts'

/** What an earlier run left: finished tasks in order, with their outputs. */
export type JournalState = {
  readonly planHash: string
  readonly finished: ReadonlyMap<TaskId, TaskOutputs>
  readonly isInstalled: boolean
}

export type JournalRecord =
  | { readonly state: 'started' | 'failed' | 'undone'; readonly task: TaskId }
  | { readonly state: 'finished'; readonly task: TaskId; readonly outputs: TaskOutputs }
  | { readonly state: 'installed' | 'cancelled' }

export type Journal = {
  readonly before: JournalState
  /** On the disk when it returns. */
  record(record: JournalRecord): Promise<void>
}

/** JSON lines: a header with the plan's hash, then one record a line. A new run begins a new journal; a resumed one goes on
 *  with the old one, if it is of the same plan. */
export async function openJournal(
  system: System,
  options: { readonly file: string; readonly planHash: string; readonly resume: boolean },
): Promise<Journal> {
  const { file, planHash, resume } = options
  const text = resume ? await system.readText(file) : null
  const old = text === null ? null : readJournal(text)
  if (old !== null && old.planHash !== planHash) {
    throw new UserError('the installation that was begun on this machine was another one', {
      nextSteps: ['begin again from the start; it erases the disks of the new plan'],
    })
  }
  const append = (record: object) =>
    system.appendFile(file, `${JSON.stringify({ at: system.now().toISOString(), ...record })}\n`, { mode: 0o600 })
  if (old === null || text === null) {
    await system.makeDirectory(posix.dirname(file), { mode: 0o700 })
    const header = { keystoneJournal: 1, planHash, at: system.now().toISOString() }
    await system.writeFile(file, `${JSON.stringify(header)}\n`, { mode: 0o600 })
  } else if (!text.endsWith('\n')) {
    // A power cut tore the last line: close it, so that the next record is not torn with it.
    await system.appendFile(file, '\n', { mode: 0o600 })
  }
  return { before: old ?? { planHash, finished: new Map(), isInstalled: false }, record: append }
}

/** Without a record an install cannot be resumed there, and nothing else is lost: that is no reason to stop it, nor to hide
 *  why it stopped. */
export async function recordQuietly(journal: Journal | null, record: JournalRecord): Promise<void> {
  try {
    await journal?.record(record)
  } catch {
    // The log has the story.
  }
}

/** Null when it is no journal. Lines that cannot be read are passed over: a torn one is one that did not happen. */
export function readJournal(text: string): JournalState | null {
  const records = text.split('\n').map(parseLine)
  const header = records[0]
  if (header?.keystoneJournal !== 1 || typeof header.planHash !== 'string') return null
  const finished = new Map<TaskId, TaskOutputs>()
  let isInstalled = false
  for (const record of records.slice(1)) {
    if (record?.state === 'installed') isInstalled = true
    if (!isTaskId(record?.task)) continue
    // Undone is not unmade: the disks stay formatted, and `check` and `restore` see what is left of it.
    if (record.state === 'started' || record.state === 'failed') finished.delete(record.task)
    if (record.state === 'finished') finished.set(record.task, readOutputs(record.outputs))
  }
  return { planHash: header.planHash, finished, isInstalled }
}

function parseLine(line: string): Record<string, unknown> | null {
  try {
    const record: unknown = JSON.parse(line)
    return typeof record === 'object' && record !== null ? (record as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function isTaskId(value: unknown): value is TaskId {
  return TASK_IDS.some((id) => id === value)
}

function readOutputs(value: unknown): TaskOutputs {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === 'string'))
}
