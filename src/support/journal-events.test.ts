import { expect, test } from 'vitest'
import { eventsOfJournal } from './journal-events.ts'

const at = (second: number) => `2026-05-30T10:00:0${second}.000Z`

test('tells when tasks began and ended, and that the journal knows no cause', () => {
  const events = eventsOfJournal([
    { at: at(0), state: 'started', task: 'partition' },
    { at: at(3), state: 'finished', task: 'partition', outputs: {} },
    { at: at(4), state: 'started', task: 'build' },
    { at: at(5), state: 'failed', task: 'build' },
    { at: at(6), state: 'undone', task: 'partition' },
    { at: at(7), state: 'cancelled' },
    { at: at(9), state: 'installed' },
  ])
  const message = 'the journal keeps no cause: see the end of install.log'
  expect(events).toEqual([
    { type: 'task-started', at: at(0), task: 'partition', title: 'Partition and format the disks' },
    { type: 'task-finished', at: at(3), task: 'partition', outcome: 'done', durationMs: 3000 },
    { type: 'task-started', at: at(4), task: 'build', title: 'Build the system' },
    { type: 'task-failed', at: at(5), failure: { task: 'build', message, nextSteps: [], problems: [] } },
    { type: 'task-undone', at: at(6), task: 'partition' },
    { type: 'install-cancelled', at: at(7), task: null },
    { type: 'install-finished', at: at(9), durationMs: 9000 },
  ])
})

test('a record of an end without its beginning, and an empty journal', () => {
  expect(eventsOfJournal([{ at: at(1), state: 'finished', task: 'build', outputs: {} }])).toMatchObject([
    { durationMs: 0 },
  ])
  expect(eventsOfJournal([])).toEqual([])
})
