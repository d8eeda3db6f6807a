import { expect, test } from 'vitest'
import type { InstallEvent, TaskId } from '../model/event.ts'
import { createPlainProgress } from './plain-progress.ts'

const BEGIN = Date.parse('2026-11-22T10:00:00.000Z')
const MB = 1_000_000
const TITLES = { partition: 'Partition and format the disks', build: 'Build the system' } as const
const tasks = [
  { id: 'partition', title: TITLES.partition, weight: 20, expectedMs: 20_000 },
  { id: 'build', title: TITLES.build, weight: 80, expectedMs: 80_000 },
] as const

/** An install whose clock is turned by hand. Each text is kept with the second it came at. */
function run({ isTTY = false } = {}) {
  let seconds = 0
  const printed: { readonly second: number; readonly text: string }[] = []
  const now = () => new Date(BEGIN + seconds * 1000)
  const progress = createPlainProgress({ now, print: (text) => printed.push({ second: seconds, text }), isTTY })
  const say = (event: (at: string) => InstallEvent) => progress.heard(event(now().toISOString()))
  return {
    ...{ progress, say },
    out: () => printed.map(({ text }) => text).join(''),
    lines: () => printed.map(({ second, text }) => `${second} ${text.trimEnd()}`),
    start: () => say((at) => ({ type: 'install-started', at, planHash: 'f00d', tasks })),
    task: (task: keyof typeof TITLES) => say((at) => ({ type: 'task-started', at, task, title: TITLES[task] })),
    done: (task: TaskId) => say((at) => ({ type: 'task-finished', at, task, outcome: 'done', durationMs: 1 })),
    setClock: (second: number) => {
      seconds = second
    },
    pass(duration: number, each: () => void = () => {}) {
      for (const end = seconds + duration; seconds < end; ) {
        seconds += 1
        each()
        progress.tick()
      }
    },
  }
}

test('a task that says nothing has a line every four seconds, with the time that is left as soon as it is known', () => {
  const { start, task, pass, lines } = run()
  start()
  task('build')
  pass(12)
  expect(lines()).toEqual([
    '0 [  0%] Build the system',
    '4 [  0%] Build the system',
    '8 [  0%] Build the system: about 2 minutes left',
    '12 [  0%] Build the system: about a minute left',
  ])
})

test('says the bytes that are known, and those of nix only once', () => {
  const { start, task, done, say, pass, lines } = run()
  const bytes = { done: 80 * MB, total: 1000 * MB, perSecond: 20 * MB }
  start()
  task('partition')
  say((at) => ({ type: 'task-progress', at, task: 'partition', fraction: 0.01, bytes }))
  pass(4)
  done('partition')
  task('build')
  say((at) => ({ type: 'task-progress', at, task: 'build', fraction: 0.01, message: '76.3 MiB of 953.7 MiB', bytes }))
  pass(4)
  expect(lines()[1]).toBe('4 [  0%] Partition and format the disks: 76.3 MiB of 953.7 MiB written, 19.1 MiB/s')
  expect(lines()[3]).toBe('8 [ 20%] Build the system: 76.3 MiB of 953.7 MiB, about a minute left')
})

test('does not flood: what comes often is printed at each twentieth, and the silence is counted from there', () => {
  const { start, task, say, pass, lines } = run()
  start()
  task('build')
  let fraction = 0
  pass(100, () => {
    fraction += 0.01
    say((at) => ({ type: 'task-progress', at, task: 'build', fraction, message: 'works' }))
  })
  const seconds = lines().map((line) => Number(line.split(' ')[0]))
  const gaps = seconds.slice(1).map((second, index) => second - (seconds[index] ?? 0))
  expect(Math.max(...gaps)).toBe(4)
  expect(lines().length).toBeLessThan(50)
})

test('is not silent between two tasks and while the disks are let go, and is silent after the end', () => {
  const { start, task, done, say, pass, lines } = run()
  start()
  task('partition')
  done('partition')
  pass(4)
  task('build')
  const failure = { task: 'build', message: 'nix failed', nextSteps: [], problems: [] } as const
  say((at) => ({ type: 'task-failed', at, failure }))
  pass(5)
  say((at) => ({ type: 'released', at, problems: [{ code: 'x', path: [], message: '/mnt is in use' }] }))
  pass(20)
  expect(lines()).toEqual([
    '0 [  0%] Partition and format the disks',
    '4 [ 20%] Waiting until all is on the disks',
    '4 [ 20%] Build the system',
    '8 [ 20%] Letting go of the disks',
    '9 Note: /mnt is in use',
  ])
})

test('a clock that is put back does not silence it', () => {
  const { start, task, pass, setClock, lines } = run()
  start()
  task('build')
  setClock(-3600)
  pass(5)
  expect(lines()).toHaveLength(2)
})

test('on a terminal one line is rewritten in place, and goes before another one is printed', () => {
  const { start, task, say, pass, out, progress } = run({ isTTY: true })
  start()
  task('build')
  say((at) => ({ type: 'task-progress', at, task: 'build', fraction: 0.3, message: '30 of 100 paths' }))
  pass(1)
  say((at) => ({ type: 'task-progress', at, task: 'build', fraction: 0.3, message: '31' }))
  pass(1)
  say((at) => ({ type: 'notice', at, code: 'disk-slow', message: 'the disks are slow' }))
  pass(1)
  progress.end()
  expect(out()).toBe(
    [
      '[  0%] Build the system\n',
      '\r[ 24%] Build the system: 30 of 100 paths',
      '\r[ 24%] Build the system: 31             ',
      `\r${' '.repeat(27)}\rNote: the disks are slow\n`,
      '\r[ 24%] Build the system: 31',
      `\r${' '.repeat(27)}\r`,
    ].join(''),
  )
})

test('a line that is rewritten is never longer than a terminal is wide, and has no control characters', () => {
  const { start, task, say, pass, out } = run({ isTTY: true })
  start()
  task('build')
  const message = `copying\r\n\u001b[2J ${'a'.repeat(200)}`
  say((at) => ({ type: 'task-progress', at, task: 'build', fraction: 0.3, message }))
  pass(1)
  const line = out().split('\n\r').at(-1) ?? ''
  expect(line).toHaveLength(79)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(line).not.toMatch(/[\u0000-\u001f]/)
})
