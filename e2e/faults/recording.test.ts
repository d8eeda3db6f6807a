import { expect, test } from 'vitest'
import type { InstallEvent } from '../../src/model/event.ts'
import { lookProblems } from './kills.ts'
import { timesOf, zoneOf } from './recording.ts'

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000).toISOString()
const task = (id: 'partition' | 'build' | 'unmount', from: number, to: number): InstallEvent[] => [
  { type: 'task-started', at: at(from), task: id, title: id },
  { type: 'task-finished', at: at(to), task: id, outcome: 'done', durationMs: (to - from) * 1000 },
]
const events = [...task('partition', 10, 30), ...task('build', 31, 60), ...task('unmount', 90, 95)]
// The log was begun four seconds before the mark.
const marks = [{ name: 'the host has 1700000000000', atMs: 4000, writesBefore: 0, flushesBefore: 0 }]
const flush = (index: number, seconds: number) => ({ index, atMs: 4000 + seconds * 1000, writesBefore: index })

test('times of tasks are told by the clock of the log', () => {
  expect(timesOf(events, { marks }).build).toEqual({ beganMs: 35_000, endedMs: 64_000 })
})

test('a cut is early until the journal is surely on the disk, and late as soon as it may be gone', () => {
  const recording = {
    times: timesOf(events, { marks }),
    log: { flushes: [flush(1, 5), flush(2, 31), flush(3, 33), flush(4, 87), flush(5, 89)] },
  }
  expect([1, 2, 3, 4, 5, 6].map((number) => zoneOf(recording, number))).toEqual([
    'early',
    'early',
    'middle',
    'middle',
    'late',
    'late',
  ])
})

const found = (stand: 'begun' | 'finished' | 'not begun', place: 'memory' | 'target' = 'memory') => ({
  planHash: 'f00d',
  place,
  tasks: [{ id: 'build', stand } as const],
  problems: [],
})

test('what was begun must be found after a kill, and as it was left', () => {
  const before = { task: 'build', moment: 'before' } as const
  expect(lookProblems(null, before, 'memory')).toEqual(['nothing was found of the install that was begun'])
  expect(lookProblems(found('begun'), before, 'memory')).toEqual([])
  expect(lookProblems(found('begun'), { ...before, moment: 'after' }, 'memory')).toEqual([
    'build is begun, not finished',
  ])
  expect(lookProblems(found('begun'), before, 'target')).toEqual(['it was found in memory, not in target'])
  expect(lookProblems(null, { task: 'partition', moment: 'during' }, 'target')).toEqual([])
  expect(lookProblems(null, { task: 'partition', moment: 'during' }, 'memory')).toHaveLength(1)
})
