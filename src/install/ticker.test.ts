import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { InstallEvent, TaskId } from '../model/event.ts'
import { SEED, SEED_NOTE } from '../testing/hostile-values.ts'
import type { DiskActivity } from './disk-activity.ts'
import { createTicker } from './ticker.ts'

const BEGIN = Date.parse('2026-11-22T10:00:00.000Z')
const MB = 1_000_000

/** A machine whose clock is turned by hand; `disk` says what its disks have done after so many seconds. */
function machine(disk: (seconds: number) => DiskActivity | null, bytes: number | null = null) {
  let seconds = 0
  const events: InstallEvent[] = []
  const now = () => new Date(BEGIN + seconds * 1000)
  const emit = (event: InstallEvent) => void events.push(event)
  const ticker = createTicker({ now, look: async () => disk(seconds), expectedBytes: () => bytes, emit })
  const say = (event: InstallEvent) => {
    ticker.heard(event)
    emit(event)
  }
  return {
    events,
    start: (task: TaskId) => say({ type: 'task-started', at: now().toISOString(), task, title: task }),
    progress: (task: TaskId, fraction: number, message: string) =>
      say({ type: 'task-progress', at: now().toISOString(), task, fraction, message }),
    finish: (task: TaskId) =>
      say({ type: 'task-finished', at: now().toISOString(), task, outcome: 'done', durationMs: 0 }),
    say: (event: (at: string) => InstallEvent) => say(event(now().toISOString())),
    async pass(duration: number) {
      for (const end = seconds + duration; seconds < end; ) {
        seconds += 1
        await ticker.tick()
      }
    },
  }
}

const writing = (perSecond: number) => (seconds: number) => ({
  readBytes: 0,
  writtenBytes: perSecond * seconds,
  busyMs: seconds * 1000,
})

test('a task that says nothing is told by what the disks took', async () => {
  const { start, pass, events } = machine(writing(20 * MB), 1000 * MB)
  await pass(2)
  start('partition')
  await pass(9)
  expect(events.slice(1)).toEqual([
    {
      type: 'task-progress',
      at: '2026-11-22T10:00:06.000Z',
      task: 'partition',
      fraction: 0.08,
      bytes: { done: 80 * MB, total: 1000 * MB, perSecond: 20 * MB },
    },
    {
      type: 'task-progress',
      at: '2026-11-22T10:00:10.000Z',
      task: 'partition',
      fraction: 0.16,
      bytes: { done: 160 * MB, total: 1000 * MB, perSecond: 20 * MB },
    },
  ])
})

test('of a build the message says what the disks took, until nix tells more: its bytes are not told beside it', async () => {
  const { start, pass, events } = machine(writing(20 * MB), 1000 * MB)
  await pass(2)
  start('build')
  await pass(5)
  expect(events.at(-1)).toMatchObject({ task: 'build', message: '76.3 MiB written' })
})

test('what a task counts itself is kept, and a total that is passed is none', async () => {
  const own = machine(writing(20 * MB))
  own.start('build')
  const bytes = { done: 5, total: 10, perSecond: null }
  own.say((at) => ({ type: 'task-progress', at, task: 'build', fraction: 0.5, bytes }))
  await own.pass(4)
  expect(own.events.at(-1)).toMatchObject({ type: 'task-progress', fraction: 0.5, bytes })
  const beyond = machine(writing(20 * MB), 100 * MB)
  beyond.start('partition')
  await beyond.pass(13)
  expect(beyond.events.at(-1)).toMatchObject({ fraction: 0.95, bytes: { total: null } })
})

test('one that talks is left alone, and its last words are kept', async () => {
  const { start, progress, pass, events } = machine(writing(20 * MB))
  start('build')
  for (let times = 0; times < 5; times++) {
    await pass(3)
    progress('build', 0.1, 'copying')
  }
  expect(events).toHaveLength(6)
  await pass(4)
  expect(events.at(-1)).toMatchObject({ type: 'task-progress', fraction: 0.1, message: 'copying, 343.3 MiB written' })
})

test('disks that take nothing for half a minute are told', async () => {
  const { start, progress, pass, events } = machine(() => ({ readBytes: 0, writtenBytes: 5, busyMs: 0 }))
  start('install')
  progress('install', 0.1, 'copying the system')
  await pass(40)
  expect(events.at(-1)).toMatchObject({ message: 'copying the system, nothing written for 38 s' })
  expect(events.filter(({ type }) => type === 'notice')).toEqual([])
})

test('busy disks below a megabyte a second give one notice, and reading counts as moving', async () => {
  const slow = machine(writing(0.4 * MB))
  slow.start('install')
  await slow.pass(90)
  expect(slow.events.filter(({ type }) => type === 'notice')).toEqual([
    {
      type: 'notice',
      at: '2026-11-22T10:00:31.000Z',
      code: 'disk-slow',
      message:
        'the disks are very slow: less than 1 MB a second, for half a minute. It goes on, but a disk may be failing',
    },
  ])
  const reading = machine((seconds) => ({ ...writing(0)(seconds), readBytes: 100 * MB * seconds }))
  reading.start('build')
  await reading.pass(90)
  expect(reading.events.some(({ type }) => type === 'notice')).toBe(false)
})

test('a clock that is put back does not make it silent', async () => {
  const { start, pass, say, events } = machine(() => null)
  await pass(100)
  start('preflight')
  say((at) => ({ type: 'task-progress', at: at.replace('10:01', '11:01'), task: 'preflight', fraction: 0.1 }))
  await pass(5)
  expect(events).toHaveLength(3)
})

test('after a failure it says that the disks are let go, until they are', async () => {
  const { start, say, pass, events } = machine(() => null)
  start('build')
  say((at) => ({
    type: 'task-failed',
    at,
    failure: { task: 'build', message: 'x', nextSteps: [], problems: [] },
  }))
  await pass(5)
  expect(events.at(-1)).toMatchObject({ type: 'task-progress', task: 'build', message: 'letting go of the disks' })
  say((at) => ({ type: 'released', at, problems: [] }))
  const before = events.length
  await pass(20)
  expect(events).toHaveLength(before)
})

test(`whatever a task says and when: no gap of more than five seconds, and no step back (${SEED_NOTE})`, async () => {
  const saying = fc.record({ after: fc.nat(40), fraction: fc.double({ min: 0, max: 1, noNaN: true }) })
  const disk = fc.array(fc.nat(3 * MB), { minLength: 1, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(fc.array(saying, { maxLength: 8 }), disk, async (sayings, written) => {
      const it = machine(
        (seconds) => ({ readBytes: 0, writtenBytes: written[seconds % written.length] ?? 0, busyMs: 0 }),
        2 * MB,
      )
      it.start('install')
      for (const { after, fraction } of sayings) {
        await it.pass(after)
        it.progress('install', fraction, 'x')
      }
      await it.pass(10)
      it.finish('install')
      const times = it.events.map(({ at }) => Date.parse(at))
      expect(Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toBeLessThanOrEqual(5000)
      const own = it.events.flatMap((event) =>
        event.type === 'task-progress' && 'bytes' in event ? [event.fraction] : [],
      )
      expect(own).toEqual(own.toSorted((a, b) => a - b))
    }),
    { seed: SEED, numRuns: 50 },
  )
})
