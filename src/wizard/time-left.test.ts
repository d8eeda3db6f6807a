import { describe, expect, test } from 'vitest'
import { tableOf } from '../install/durations.ts'
import type { InstallEvent } from '../model/event.ts'
import { etaErrors } from '../testing/eta-errors.ts'
import { eventsOf, RUNS, recorded } from '../testing/recorded-installs.ts'
import { addEvents, NO_PROGRESS } from './progress.ts'
import { timeLeftMs } from './time-left.ts'

const BEGIN = Date.parse('2026-11-22T10:00:00.000Z')
const at = (seconds: number) => new Date(BEGIN + seconds * 1000).toISOString()
const started: InstallEvent = {
  type: 'install-started',
  at: at(0),
  planHash: 'abc',
  tasks: [
    { id: 'partition', title: 'Partition', weight: 1, expectedMs: 20_000 },
    { id: 'build', title: 'Build', weight: 1, expectedMs: 60_000 },
    { id: 'install', title: 'Install', weight: 1, expectedMs: 20_000 },
  ],
}
const begins = (task: 'partition' | 'build', seconds: number): InstallEvent => ({
  type: 'task-started',
  at: at(seconds),
  task,
  title: task,
})
const partitioned = (seconds: number): InstallEvent => ({
  type: 'task-finished',
  at: at(seconds),
  task: 'partition',
  outcome: 'done',
  durationMs: seconds * 1000,
})
const says = (seconds: number, timeLeft: number | null): InstallEvent => ({
  type: 'task-progress',
  at: at(seconds),
  task: 'build',
  fraction: 0.1,
  timeLeftMs: timeLeft,
})
/** Rounded to seconds. */
function left(seconds: number, ...events: readonly InstallEvent[]): number | null {
  const ms = timeLeftMs(addEvents(NO_PROGRESS, events), BEGIN + seconds * 1000)
  return ms === null ? null : Math.round(ms / 1000)
}

test('nobody can say in the first seconds, nor before it began, nor after it ended', () => {
  expect(left(4, started, begins('partition', 0))).toBeNull()
  expect(left(60, begins('partition', 0))).toBeNull()
  expect(left(60, started, { type: 'install-cancelled', at: at(50), task: null })).toBeNull()
})

test('at the measured pace the measured time is left', () => {
  expect(left(10, started, begins('partition', 0))).toBe(90)
  expect(left(20, started, begins('partition', 0), partitioned(20), begins('build', 20))).toBe(80)
})

test('a machine that takes twice as long is believed by half at first', () => {
  // 25 s at the measured pace and 40 s for 20 s: 65 for 45.
  expect(left(40, started, begins('partition', 0), partitioned(40), begins('build', 40))).toBe(
    Math.round((80 * 65) / 45),
  )
})

test('a task that measures its own speed is believed, and its guess grows old', () => {
  const until = [started, begins('partition', 0), partitioned(20), begins('build', 20), says(30, 240_000)]
  expect(left(30, ...until)).toBe(260)
  expect(left(40, ...until)).toBe(250)
  // Half a minute without news, and beyond what it was expected to take: it may hang.
  expect(left(130, ...until)).toBeNull()
})

test('a task that cannot say is taken at its measured time, and not beyond it', () => {
  const until = [started, begins('partition', 0), partitioned(20), begins('build', 20), says(30, null)]
  expect(left(50, ...until)).toBe(50)
  expect(left(90, ...until)).toBe(26)
  expect(left(120, ...until)).toBeNull()
})

describe('recorded installs', () => {
  const table = tableOf(recorded)

  test('after a quarter of the time the guess is within 20 % of what is left in 6 of 7, and never beyond 25 %', () => {
    const errors = RUNS.flatMap((run) => etaErrors(eventsOf(run, table), [0.25]).map(({ error }) => error ?? 1))
    expect(errors.filter((error) => error <= 0.2)).toHaveLength(6)
    expect(Math.max(...errors)).toBeLessThan(0.25)
  })

  test('from then on the end that it tells is never off by more than 20 % of the whole', () => {
    const shares = Array.from({ length: 74 }, (_, index) => 0.25 + index / 100)
    for (const run of RUNS) {
      for (const { atShare, error } of etaErrors(eventsOf(run, table), shares)) {
        expect((error ?? 1) * (1 - atShare), `${run} at ${atShare}`).toBeLessThan(0.2)
      }
    }
  })

  test('an install that nobody measured before is guessed by the others of its kind', () => {
    for (const run of RUNS.filter((name) => name.startsWith('ext4'))) {
      const others = tableOf(recorded.filter((one) => one.run !== run))
      const [quarter] = etaErrors(eventsOf(run, others), [0.25])
      expect(quarter?.error ?? 1, run).toBeLessThan(0.27)
    }
  })
})
