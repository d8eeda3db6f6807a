import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type InstallEvent, TASK_IDS } from '../model/event.ts'
import { SEED, SEED_NOTE } from '../testing/hostile-values.ts'
import { addEvents, fractionDone, NO_PROGRESS } from './progress.ts'

const at = '2026-11-22T10:00:00.000Z'
const started: InstallEvent = {
  type: 'install-started',
  at,
  planHash: 'abc',
  tasks: [
    { id: 'partition', title: 'Partition', weight: 1, expectedMs: 20_000 },
    { id: 'build', title: 'Build', weight: 1, expectedMs: 60_000 },
  ],
}
const partition: readonly InstallEvent[] = [
  { type: 'task-started', at, task: 'partition', title: 'Partition' },
  { type: 'task-finished', at, task: 'partition', outcome: 'done', durationMs: 4000 },
]
const build: InstallEvent = { type: 'task-started', at, task: 'build', title: 'Build' }
const share = (...events: readonly InstallEvent[]) => fractionDone(addEvents(NO_PROGRESS, events))

test('the bar goes by what tasks take', () => {
  const progress = addEvents(NO_PROGRESS, [
    started,
    ...partition,
    build,
    { type: 'task-progress', at, task: 'build', fraction: 0.5, message: 'copying' },
  ])
  expect(progress.tasks.map(({ id, state, message }) => [id, state, message])).toEqual([
    ['partition', 'done', null],
    ['build', 'running', 'copying'],
  ])
  expect(fractionDone(progress)).toBe(0.625)
})

test('an installer that measured nothing has weights', () => {
  const tasks = [
    { id: 'partition', title: 'Partition', weight: 1 },
    { id: 'build', title: 'Build', weight: 3 },
  ] as const
  expect(share({ ...started, tasks }, ...partition)).toBe(0.25)
})

test('a task that says nothing moves the bar by its time, and not to its end', () => {
  const tick = (seconds: number): InstallEvent => ({
    type: 'task-progress',
    at: new Date(Date.parse(at) + seconds * 1000).toISOString(),
    task: 'partition',
    fraction: 0,
  })
  const begins = [started, ...partition.slice(0, 1)]
  expect(share(...begins, tick(10))).toBeCloseTo(0.125)
  // At the most nine tenths of a quarter.
  expect(share(...begins, tick(10), tick(3600))).toBeLessThanOrEqual(0.9 * 0.25 + 0.001)
})

test('more work than was thought slows the bar down and does not turn it back', () => {
  const half: InstallEvent = { type: 'task-progress', at, task: 'build', fraction: 0.5 }
  const later = '2026-11-22T10:01:00.000Z'
  const more: InstallEvent = { type: 'task-progress', at: later, task: 'build', fraction: 0.5, timeLeftMs: 600_000 }
  const before = share(started, ...partition, build, half)
  expect(share(started, ...partition, build, half, more)).toBe(before)
  expect(share(started, ...partition, build, half, more, { type: 'install-finished', at: later, durationMs: 1 })).toBe(
    1,
  )
})

test('a failed task is marked, and what its undo says changes nothing of it', () => {
  const progress = addEvents(NO_PROGRESS, [
    started,
    build,
    { type: 'task-failed', at, failure: { task: 'build', message: 'oops', nextSteps: [], problems: [] } },
    { type: 'task-progress', at, task: 'build', fraction: 1, message: 'letting go of the disks' },
    { type: 'task-undone', at, task: 'partition' },
  ])
  expect(progress.tasks.map(({ state, fraction }) => [state, fraction])).toEqual([
    ['undone', 0],
    ['failed', 0],
  ])
})

test('a notice is kept once', () => {
  const slow: InstallEvent = { type: 'notice', at, code: 'disk-slow', message: 'slow' }
  expect(addEvents(NO_PROGRESS, [started, slow, slow]).notices).toEqual([{ code: 'disk-slow', message: 'slow' }])
})

test('the log keeps its last 2000 lines and knows how many it dropped', () => {
  const lines = Array.from(
    { length: 2005 },
    (_, line): InstallEvent => ({ type: 'log', at, task: null, line: `${line}` }),
  )
  const { log, droppedLines } = addEvents(NO_PROGRESS, lines)
  expect([log.length, log[0], log.at(-1), droppedLines]).toEqual([2000, '5', '2004', 5])
})

const id = fc.constantFrom(...TASK_IDS)
const when = fc.integer({ min: -10_000, max: 3_600_000 }).map((ms) => new Date(Date.parse(at) + ms).toISOString())
const ms = fc.integer({ min: 0, max: 3_600_000 })
const anyEvent: fc.Arbitrary<InstallEvent> = fc.oneof(
  fc.record({
    type: fc.constant('install-started' as const),
    at: when,
    planHash: fc.constant('x'),
    tasks: fc.uniqueArray(fc.record({ id, title: fc.constant('t'), weight: fc.nat(9), expectedMs: ms }), {
      selector: (task) => task.id,
      maxLength: 13,
    }),
  }),
  fc.record({ type: fc.constant('task-started' as const), at: when, task: id, title: fc.constant('t') }),
  fc.record({
    type: fc.constant('task-progress' as const),
    at: when,
    task: id,
    fraction: fc.double({ min: -1, max: 2, noNaN: true }),
    timeLeftMs: fc.option(ms),
  }),
  fc.record({
    type: fc.constant('task-finished' as const),
    at: when,
    task: id,
    outcome: fc.constantFrom('done' as const, 'already-done' as const),
    durationMs: ms,
  }),
  fc.record({ type: fc.constant('task-undone' as const), at: when, task: id }),
  fc.record({
    type: fc.constant('task-failed' as const),
    at: when,
    failure: fc.record({
      task: id,
      message: fc.constant('m'),
      nextSteps: fc.constant([]),
      problems: fc.constant([]),
    }),
  }),
  fc.record({ type: fc.constant('install-finished' as const), at: when, durationMs: ms }),
  fc.record({ type: fc.constant('install-cancelled' as const), at: when, task: fc.option(id) }),
  fc.record({ type: fc.constant('released' as const), at: when, problems: fc.constant([]) }),
)

test(`in any order of any events the bar stays between 0 and 1 and never goes back (${SEED_NOTE})`, () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
      let progress = addEvents(NO_PROGRESS, [
        {
          ...started,
          tasks: TASK_IDS.map((one, index) => ({ id: one, title: one, weight: 1, expectedMs: 1000 * index })),
        },
      ])
      let before = 0
      for (const event of events) {
        progress = addEvents(progress, [event])
        const now = fractionDone(progress)
        expect(now).toBeGreaterThanOrEqual(before)
        expect(now).toBeLessThanOrEqual(1)
        before = now
      }
    }),
    { seed: SEED, numRuns: 500 },
  )
})
