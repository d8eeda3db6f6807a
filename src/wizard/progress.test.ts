import { expect, test } from 'vitest'
import type { InstallEvent } from '../model/event.ts'
import { addEvents, fractionDone, NO_PROGRESS, timeLeftMs } from './progress.ts'

const at = '2026-11-22T10:00:00.000Z'
const started: InstallEvent = {
  type: 'install-started',
  at,
  planHash: 'abc',
  tasks: [
    { id: 'partition', title: 'Partition', weight: 1 },
    { id: 'build', title: 'Build', weight: 3 },
  ],
}

test('the bar goes by weight', () => {
  const progress = addEvents(NO_PROGRESS, [
    started,
    { type: 'task-started', at, task: 'partition', title: 'Partition' },
    { type: 'task-finished', at, task: 'partition', outcome: 'done', durationMs: 4000 },
    { type: 'task-started', at, task: 'build', title: 'Build' },
    { type: 'task-progress', at, task: 'build', fraction: 0.5, message: 'copying' },
  ])
  expect(progress.tasks.map(({ id, state, message }) => [id, state, message])).toEqual([
    ['partition', 'done', null],
    ['build', 'running', 'copying'],
  ])
  expect(fractionDone(progress)).toBe(0.625)
})

test('the time left is unknown at first, then goes by the speed until now', () => {
  const half = addEvents(NO_PROGRESS, [
    started,
    { type: 'task-finished', at, task: 'partition', outcome: 'done', durationMs: 4000 },
  ])
  const begin = Date.parse(at)
  expect(timeLeftMs(addEvents(NO_PROGRESS, [started]), begin + 60_000)).toBeNull()
  expect(timeLeftMs(half, begin + 1000)).toBeNull()
  expect(timeLeftMs(half, begin + 20_000)).toBe(60_000)
})

test('a task that measures its own speed is believed; what comes after it goes by weight', () => {
  const begin = Date.parse(at)
  const said = (timeLeftMs: number | null) =>
    addEvents(NO_PROGRESS, [
      { ...started, tasks: [...started.tasks, { id: 'install', title: 'Install', weight: 1 }] },
      { type: 'task-finished', at, task: 'partition', outcome: 'done', durationMs: 4000 },
      { type: 'task-started', at, task: 'build', title: 'Build' },
      { type: 'task-progress', at, task: 'build', fraction: 0, timeLeftMs },
    ])
  // One fifth of the whole took 20 s, so the last fifth is taken to do so, too.
  expect(timeLeftMs(said(240_000), begin + 20_000)).toBe(260_000)
  expect(timeLeftMs(said(null), begin + 20_000)).toBeNull()
  // Half a minute without news: it may hang.
  expect(timeLeftMs(said(240_000), begin + 31_000)).toBeNull()
})

test('a failed task is marked', () => {
  const progress = addEvents(NO_PROGRESS, [
    started,
    { type: 'task-failed', at, failure: { task: 'build', message: 'oops', nextSteps: [], problems: [] } },
    { type: 'task-undone', at, task: 'partition' },
  ])
  expect(progress.tasks.map(({ state }) => state)).toEqual(['undone', 'failed'])
})

test('the log keeps its last 2000 lines and knows how many it dropped', () => {
  const lines = Array.from(
    { length: 2005 },
    (_, line): InstallEvent => ({ type: 'log', at, task: null, line: `${line}` }),
  )
  const { log, droppedLines } = addEvents(NO_PROGRESS, lines)
  expect([log.length, log[0], log.at(-1), droppedLines]).toEqual([2000, '5', '2004', 5])
})
