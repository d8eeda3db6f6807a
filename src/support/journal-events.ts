import { installSequence } from '../install/sequences.ts'
import type { InstallEvent } from '../model/event.ts'
import type { JournalRecord } from '../model/saved-install.ts'

const NO_CAUSE = 'the journal keeps no cause: see the end of install.log'

/** What an install told, as far as its journal knows it: when tasks began and ended, and neither progress nor causes. For a
 *  process that did not run it. */
export function eventsOfJournal(records: readonly JournalRecord[]): readonly InstallEvent[] {
  return records.map((record, index) => eventOf(record, records.slice(0, index)))
}

function eventOf(record: JournalRecord, before: readonly JournalRecord[]): InstallEvent {
  const { at } = record
  switch (record.state) {
    case 'started': {
      const { task } = record
      const title = installSequence.find(({ id }) => id === task)?.title ?? task
      return { type: 'task-started', at, task, title }
    }
    case 'finished': {
      const { task } = record
      const began = before.findLast((one) => one.state === 'started' && one.task === task)
      return { type: 'task-finished', at, task, outcome: 'done', durationMs: since(began, at) }
    }
    case 'failed': {
      const failure = { task: record.task, message: NO_CAUSE, nextSteps: [], problems: [] }
      return { type: 'task-failed', at, failure }
    }
    case 'undone':
      return { type: 'task-undone', at, task: record.task }
    case 'cancelled':
      return { type: 'install-cancelled', at, task: null }
    case 'installed':
      return { type: 'install-finished', at, durationMs: since(before[0], at) }
  }
}

/** The clock may have been set in between. */
function since(begin: JournalRecord | undefined, at: string): number {
  return begin === undefined ? 0 : Math.max(0, Date.parse(at) - Date.parse(begin.at))
}
