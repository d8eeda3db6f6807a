import { expect, test } from 'vitest'
import { DURATIONS } from '../install/durations-table.ts'
import type { InstallEvent } from '../model/event.ts'
import { recordedEvents } from './event-examples.ts'
import { eventsOf, RUNS } from './recorded-installs.ts'
import { streamProblems } from './stream-rules.ts'

const at = (seconds: number) => new Date(Date.parse('2026-11-23T10:00:00.000Z') + seconds * 1000).toISOString()

test('the events of a dry run and of recorded installs are without fault', async () => {
  expect(streamProblems(await recordedEvents())).toEqual([])
  for (const run of RUNS) expect(streamProblems(eventsOf(run, DURATIONS))).toEqual([])
})

test('silence, steps back and a missing end are found', () => {
  const progress = (seconds: number, fraction: number): InstallEvent => ({
    type: 'task-progress',
    at: at(seconds),
    task: 'build',
    fraction,
  })
  expect(
    streamProblems([
      progress(0, 0.1),
      { type: 'task-started', at: at(0), task: 'build', title: 'Build' },
      progress(4, 0.5),
      { type: 'log', at: at(8), task: 'build', line: 'a line of the log is no progress' },
      progress(12, 0.4),
    ]),
  ).toEqual([
    'task-progress build before the task began',
    '8 s of silence before task-progress build',
    'task-progress build goes back from 0.5 to 0.4',
    'the last event is task-progress',
  ])
})
