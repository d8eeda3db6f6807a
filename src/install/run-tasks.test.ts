import { expect, test } from 'vitest'
import type { InstallEvent, TaskId } from '../model/event.ts'
import { Bug, CommandError, UserError } from '../system/errors.ts'
import { createLog } from '../system/log.ts'
import { programs } from '../system/programs.ts'
import { type FakeSystem, fakeSystem } from '../testing/fake-system.ts'
import { taskContext } from '../testing/task-context.ts'
import type { RunOptions } from './install-request.ts'
import { runTasks } from './run-tasks.ts'
import type { SequenceEntry } from './sequences.ts'

const JOURNAL = '/var/lib/keystone-installer/journal.jsonl'

/** A task that writes down what is done to it. */
function entry(id: TaskId, calls: string[], changes: Partial<SequenceEntry> = {}): SequenceEntry {
  return {
    id,
    title: `Title of ${id}`,
    weight: 1,
    ifItFails: 'stop',
    nextSteps: [`after ${id}`],
    async check() {
      calls.push(`check ${id}`)
      return 'done'
    },
    async run() {
      calls.push(`run ${id}`)
      return undefined
    },
    async verify() {
      calls.push(`verify ${id}`)
      return []
    },
    ...changes,
  }
}

function options(tasks: readonly SequenceEntry[], changes: Partial<RunOptions> = {}) {
  const events: InstallEvent[] = []
  const logged: string[] = []
  const system = fakeSystem()
  const { plan, files, phaseFiles, secrets, confirmation, signal } = taskContext(system)
  const log = createLog({ append: (line) => logged.push(line.trimEnd().replace(/^\S+ /, '')) })
  const run: RunOptions = {
    tasks,
    system,
    plan,
    files,
    phaseFiles,
    secrets,
    confirmation,
    signal,
    log,
    resume: false,
    onEvent: (event) => events.push(event),
    ...changes,
  }
  return { run, events, logged, journal: () => (run.system as FakeSystem).written().get(JOURNAL)?.content ?? '' }
}

const told = (events: readonly InstallEvent[]) =>
  events.map((event) => ('task' in event ? `${event.type} ${event.task}` : event.type))

test('runs and verifies one task after the other, without checking on a first run', async () => {
  const calls: string[] = []
  const { run, events, journal } = options([entry('preflight', calls), entry('partition', calls)])
  expect(await runTasks(run)).toEqual({ status: 'installed' })
  expect(calls).toEqual(['run preflight', 'verify preflight', 'run partition', 'verify partition'])
  expect(told(events)).toEqual([
    'install-started',
    'task-started preflight',
    'task-finished preflight',
    'task-started partition',
    'task-finished partition',
    'install-finished',
  ])
  expect(events[0]).toEqual({
    type: 'install-started',
    at: '2026-05-30T10:00:00.000Z',
    planHash: 'f00d',
    tasks: [
      { id: 'preflight', title: 'Title of preflight', weight: 1 },
      { id: 'partition', title: 'Title of partition', weight: 1 },
    ],
  })
  expect(journal()).toContain('"state":"installed"')
})

test('later tasks get what earlier ones left, and progress becomes events', async () => {
  const calls: string[] = []
  let seen: unknown
  const { run, events } = options([
    entry('build', calls, {
      async run({ progress }) {
        progress(0.5, 'half')
        return { systemPath: '/nix/store/x' }
      },
      async verify({ outputs }) {
        calls.push(`verify sees ${outputs.build?.systemPath}`)
        return []
      },
    }),
    entry('install', calls, {
      async run({ outputs }) {
        seen = outputs.build
        return undefined
      },
    }),
  ])
  await runTasks(run)
  expect(seen).toEqual({ systemPath: '/nix/store/x' })
  expect(calls[0]).toBe('verify sees /nix/store/x')
  expect(events[2]).toEqual({
    type: 'task-progress',
    at: '2026-05-30T10:00:00.000Z',
    task: 'build',
    fraction: 0.5,
    message: 'half',
  })
})

test('a failure stops the run, and what can be undone is undone, newest first', async () => {
  const calls: string[] = []
  const undo = (id: string) => ({
    async undo() {
      calls.push(`undo ${id}`)
    },
  })
  const line = 'disko --mode mount'
  const failing = entry('write-config', calls, {
    ...undo('write-config'),
    async run() {
      throw new CommandError({ program: 'disko', line, exitCode: 1, lastLines: ['no correct horse battery here'] })
    },
  })
  const { run, events, journal } = options([
    entry('preflight', calls),
    entry('partition', calls, undo('partition')),
    failing,
    entry('build', calls, undo('build')),
  ])
  const outcome = await runTasks(run)
  expect(calls.slice(-2)).toEqual(['undo write-config', 'undo partition'])
  expect(outcome).toMatchObject({
    status: 'failed',
    isBug: false,
    failure: {
      task: 'write-config',
      message: 'disko failed with exit code 1',
      nextSteps: ['after write-config'],
      command: { line, exitCode: 1, lastLines: ['no *** here'] },
      problems: [],
    },
  })
  expect(told(events).slice(-3)).toEqual(['task-failed', 'task-undone write-config', 'task-undone partition'])
  expect(journal()).toContain('"state":"failed","task":"write-config"')
  expect(journal()).not.toContain('"task":"build"')
})

test('what verify finds is a failure with the problems and their hints', async () => {
  const problem = { code: 'not-mounted', path: ['target'], message: 'nothing is mounted', hint: 'look at it' }
  const { run } = options([entry('partition', [], { verify: async () => [problem] })])
  expect(await runTasks(run)).toMatchObject({
    status: 'failed',
    failure: {
      task: 'partition',
      message: '"Title of partition" ended, but the result is not as it should be',
      nextSteps: ['look at it', 'after partition'],
      problems: [problem],
    },
  })
})

test('an undo that fails is told, and does not keep the others from running', async () => {
  const calls: string[] = []
  const { run, events } = options([
    entry('preflight', calls, {
      async undo() {
        calls.push('undo preflight')
      },
    }),
    entry('partition', calls, {
      async undo() {
        throw new CommandError({ program: 'umount', line: 'umount -R /mnt', exitCode: 32, lastLines: ['busy'] })
      },
    }),
    entry('build', calls, {
      async run() {
        throw new UserError('no network')
      },
    }),
  ])
  const outcome = await runTasks(run)
  expect(calls.at(-1)).toBe('undo preflight')
  const problems = [
    {
      code: 'undo-failed',
      path: ['target'],
      message: '"Title of partition" could not be undone: umount failed with exit code 32 (umount -R /mnt)',
      hint: 'restart the machine before you use the disks',
    },
  ]
  expect(outcome).toMatchObject({ status: 'failed', failure: { message: 'no network', problems } })
  expect(events.at(-1)).toMatchObject({ type: 'task-failed', failure: { problems } })
})

test('a cancel between tasks undoes and is no failure', async () => {
  const calls: string[] = []
  const cancel = new AbortController()
  const { run, events } = options(
    [
      entry('partition', calls, {
        async run() {
          cancel.abort()
          return undefined
        },
        async undo() {
          calls.push('undo partition')
        },
      }),
      entry('build', calls),
    ],
    { signal: cancel.signal },
  )
  expect(await runTasks(run)).toEqual({ status: 'cancelled', problems: [] })
  expect(calls).toEqual(['undo partition'])
  expect(told(events).slice(-2)).toEqual(['task-undone partition', 'install-cancelled partition'])
})

test('a cancel ends the program that runs, but not the programs of the undo', async () => {
  const cancel = new AbortController()
  const signals: (boolean | undefined)[] = []
  const system = fakeSystem({
    commands: {
      disko: ({ options: { signal } }) => {
        cancel.abort()
        signals.push(signal?.aborted)
        return ''
      },
      'zpool list': '',
      'umount -R /mnt': ({ options: { signal } }) => {
        signals.push(signal?.aborted)
        return ''
      },
    },
  })
  const { run } = options(
    [
      entry('partition', [], {
        async run(context) {
          await context.system.run(programs.disko, [])
          await context.system.query(programs.zpool, ['list'])
          return undefined
        },
        async undo(context) {
          await context.system.run(programs.umount, ['-R', '/mnt'])
        },
      }),
    ],
    { system, signal: cancel.signal },
  )
  expect(await runTasks(run)).toMatchObject({ status: 'cancelled' })
  expect(system.calls().map(({ line }) => line)).toEqual(['disko', 'umount -R /mnt'])
  expect(signals).toEqual([true, undefined])
})

const finished = (...ids: TaskId[]) =>
  [
    '{"keystoneJournal":1,"planHash":"f00d"}',
    ...ids.map((task) => JSON.stringify({ state: 'finished', task, outputs: { from: task } })),
  ].join('\n')
const resumed = (...ids: TaskId[]) => ({
  system: fakeSystem({ files: { [JOURNAL]: `${finished(...ids)}\n` } }),
  resume: true,
})

test('a resumed run skips what is finished and still holds, with its outputs', async () => {
  const calls: string[] = []
  let seen: unknown
  const { run, events } = options(
    [
      entry('partition', calls),
      entry('build', calls),
      entry('install', calls, {
        async run({ outputs }) {
          seen = outputs
          return undefined
        },
      }),
    ],
    resumed('partition', 'build'),
  )
  await runTasks(run)
  expect(calls).toEqual(['check partition', 'verify partition', 'check build', 'verify build', 'verify install'])
  expect(seen).toEqual({ partition: { from: 'partition' }, build: { from: 'build' } })
  expect(events.filter(({ type }) => type === 'task-finished')).toMatchObject([
    { task: 'partition', outcome: 'already-done' },
    { task: 'build', outcome: 'already-done' },
    { task: 'install', outcome: 'done' },
  ])
})

test('what does not hold any more runs again, and so does everything after it', async () => {
  const calls: string[] = []
  const { run } = options(
    [entry('preflight', calls), entry('partition', calls, { check: async () => 'todo' }), entry('build', calls)],
    resumed('preflight', 'partition', 'build'),
  )
  await runTasks(run)
  expect(calls).toEqual([
    'check preflight',
    'verify preflight',
    'run partition',
    'verify partition',
    'run build',
    'verify build',
  ])
})

test('a task that changes nothing may run again without the others', async () => {
  const calls: string[] = []
  const { run } = options(
    [entry('preflight', calls, { check: async () => 'todo', changesNothing: true }), entry('partition', calls)],
    resumed('preflight', 'partition'),
  )
  await runTasks(run)
  expect(calls).toEqual(['run preflight', 'verify preflight', 'check partition', 'verify partition'])
})

test('what was undone is restored, so that the work after it is kept', async () => {
  const calls: string[] = []
  let isMounted = false
  const { run } = options(
    [
      entry('partition', calls, {
        check: async () => (isMounted ? 'done' : 'todo'),
        async restore() {
          calls.push('restore partition')
          isMounted = true
        },
      }),
      entry('build', calls),
    ],
    resumed('partition', 'build'),
  )
  await runTasks(run)
  expect(calls).toEqual(['restore partition', 'verify partition', 'check build', 'verify build'])
})

test('a restore that fails is tidied up, and the task starts over', async () => {
  const calls: string[] = []
  const { run, logged } = options(
    [
      entry('partition', calls, {
        check: async () => 'todo',
        async restore() {
          throw new CommandError({ program: 'disko', line: 'disko --mode mount', exitCode: 1, lastLines: [] })
        },
        async undo() {
          calls.push('undo partition')
        },
      }),
      entry('build', calls),
    ],
    resumed('partition', 'build'),
  )
  expect(await runTasks(run)).toEqual({ status: 'installed' })
  expect(calls).toEqual(['undo partition', 'run partition', 'verify partition', 'run build', 'verify build'])
  expect(logged).toEqual([
    'cannot go on with what is there: disko failed with exit code 1',
    '"Title of partition" starts over',
  ])
})

test('the journal of another plan is refused, and nothing runs', async () => {
  const calls: string[] = []
  const { plan } = taskContext(fakeSystem())
  const { run } = options([entry('partition', calls)], { ...resumed('partition'), plan: { ...plan, hash: 'other' } })
  expect(await runTasks(run)).toMatchObject({ status: 'failed', isBug: false })
  expect(calls).toEqual([])
})

test('where the journal cannot be written the install goes on without it', async () => {
  const calls: string[] = []
  const refused = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'mkdir' })
  const system = { ...fakeSystem(), makeDirectory: () => Promise.reject(refused) }
  const { run, logged } = options([entry('preflight', calls)], { system })
  expect(await runTasks(run)).toEqual({ status: 'installed' })
  expect(logged).toEqual(['there will be no journal: EACCES: permission denied'])
})

test('a task that may fail is told in the log, and the run goes on', async () => {
  const calls: string[] = []
  const { run, logged } = options([
    entry('copy-log', calls, {
      ifItFails: 'go on',
      async run() {
        throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', syscall: 'write' })
      },
    }),
    entry('unmount', calls),
  ])
  expect(await runTasks(run)).toEqual({ status: 'installed' })
  expect(calls).toEqual(['run unmount', 'verify unmount'])
  expect(logged).toEqual(['"Title of copy-log" failed, going on without it: the system refused: ENOSPC: no space left'])
})

test.each([
  ['a Bug', new Bug('impossible')],
  ['a TypeError', new TypeError('x is not a function')],
])('%s is ours, even in a task that may fail, and has its stack in the log', async (_, error) => {
  const { run, logged } = options([
    entry('copy-log', [], {
      ifItFails: 'go on',
      async run() {
        throw error
      },
    }),
  ])
  expect(await runTasks(run)).toMatchObject({
    status: 'failed',
    isBug: true,
    failure: { message: `this is a mistake in Keystone itself: ${error.message}` },
  })
  expect(logged.some((line) => line.includes('run-tasks.test.ts'))).toBe(true)
})
