import { expect, test } from 'vitest'
import { isShownKey } from '../credentials/shown-key.ts'
import type { InstallEvent, TaskId } from '../model/event.ts'
import { JOURNAL_FILE } from '../model/paths.ts'
import type { SavedInstall } from '../model/saved-install.ts'
import { Secret } from '../model/secret.ts'
import { Bug, CommandError, UserError } from '../system/errors.ts'
import { createLog } from '../system/log.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import type { TaskContext } from '../tasks/task.ts'
import { type FakeOptions, type FakeSystem, fakeSystem } from '../testing/fake-system.ts'
import { taskContext } from '../testing/task-context.ts'
import type { RunOptions } from './install-request.ts'
import { decodeJournal } from './journal-file.ts'
import { begunFrom } from './journal-state.ts'
import { runTasks } from './run-tasks.ts'
import type { SequenceEntry } from './sequences.ts'

const AT = '2026-05-30T10:00:00.000Z'
const ON_ESP = '/mnt/boot/keystone/journal'
const machine = (more: FakeOptions = {}) => fakeSystem({ ...more, commands: { sync: '', ...more.commands } })

/** What a restarted installer would read there: `finished partition`. */
async function recordsIn(system: System, file = JOURNAL_FILE): Promise<readonly string[] | null> {
  const journal = decodeJournal((await system.readBytes(file)) ?? new Uint8Array())
  return journal === null
    ? null
    : journal.records.map((record) => ('task' in record ? `${record.state} ${record.task}` : record.state))
}

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
  const system = machine()
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
    begun: null,
    answersText: 'version: 2\n',
    installerVersion: '1.2.3',
    onEvent: (event) => events.push(event),
    ...changes,
  }
  return { run, events, logged, journal: () => recordsIn(run.system) }
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
      { id: 'preflight', title: 'Title of preflight', weight: 1, expectedMs: expect.any(Number) },
      { id: 'partition', title: 'Title of partition', weight: 1, expectedMs: expect.any(Number) },
    ],
  })
  expect(await journal()).toEqual([
    'started preflight',
    'finished preflight',
    'started partition',
    'finished partition',
    'installed',
  ])
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
  const line = 'findmnt --json'
  const failing = entry('write-config', calls, {
    ...undo('write-config'),
    async run() {
      throw new CommandError({ program: 'findmnt', line, exitCode: 1, lastLines: ['no correct horse battery here'] })
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
      message: 'findmnt failed with exit code 1',
      nextSteps: ['after write-config'],
      command: { line, exitCode: 1, lastLines: ['no *** here'] },
      problems: [],
    },
  })
  expect(told(events).slice(-4)).toEqual([
    'task-failed',
    'task-undone write-config',
    'task-undone partition',
    'released',
  ])
  expect(events.at(-1)).toEqual({ type: 'released', at: AT, problems: [] })
  expect((await journal())?.slice(-4)).toEqual([
    'started write-config',
    'failed write-config',
    'undone write-config',
    'undone partition',
  ])
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
  expect(events.at(-1)).toEqual({ type: 'released', at: AT, problems })
  expect(events.filter(({ type }) => type === 'task-failed')).toHaveLength(1)
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
  expect(told(events).slice(-3)).toEqual(['task-undone partition', 'released', 'install-cancelled partition'])
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

/** Going on with an install that finished these tasks, with outputs that say which. */
function resumed(...ids: TaskId[]): Pick<RunOptions, 'begun'> {
  const { plan, confirmation } = taskContext(fakeSystem())
  const saved: SavedInstall = {
    format: 1,
    installerVersion: '1.2.3',
    startedAt: '2026-05-30T09:00:00.000Z',
    planHash: plan.hash,
    plan,
    answers: 'version: 2\n',
    confirmation: confirmation ?? { disks: [] },
  }
  const records = ids.map((task) => ({ at: AT, state: 'finished', task, outputs: { from: task } }) as const)
  return { begun: begunFrom(saved, records, 'target') }
}

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

test('the install of another plan is not gone on with: nothing runs, and its journal stays', async () => {
  const calls: string[] = []
  const { plan } = taskContext(fakeSystem())
  const { run } = options([entry('partition', calls)], { ...resumed('partition'), plan: { ...plan, hash: 'other' } })
  expect(await runTasks(run)).toMatchObject({ status: 'failed', isBug: false })
  expect(calls).toEqual([])
  expect((run.system as FakeSystem).written().size).toBe(0)
})

test('what keeps an install from going on is told, and nothing runs', async () => {
  const calls: string[] = []
  const problems = [{ code: 'disk-gone', path: ['disk'], message: 'the disk is not there' }]
  const { begun } = resumed('partition')
  const { run } = options([entry('partition', calls)], { begun: begun && { ...begun, problems } })
  expect(await runTasks(run)).toMatchObject({ status: 'failed', failure: { problems } })
  expect(calls).toEqual([])
})

test('disks that were formatted and cannot be opened again are not erased: only a person starts over', async () => {
  const calls: string[] = []
  const cause = new CommandError({ program: 'zfs', line: 'zfs load-key x', exitCode: 1, lastLines: ['no'] })
  const { run } = options(
    [
      entry('partition', calls, {
        destroysData: true,
        check: async () => 'todo',
        restore: () => Promise.reject(cause),
      }),
    ],
    resumed('partition'),
  )
  expect(await runTasks(run)).toMatchObject({
    status: 'failed',
    failure: { command: { line: 'zfs load-key x', exitCode: 1, lastLines: ['no'] } },
  })
  const problem = { code: 'not-mounted', path: ['target'], message: 'nothing is mounted' }
  const half = options(
    [entry('partition', calls, { destroysData: true, restore: async () => {}, verify: async () => [problem] })],
    resumed('partition'),
  )
  expect(await runTasks(half.run)).toMatchObject({
    status: 'failed',
    failure: { message: 'the disks that were formatted cannot be opened again', problems: [problem] },
  })
  expect(calls.filter((call) => call.startsWith('run'))).toEqual([])
})

test('what a person can put right stops: nothing is erased for a wrong passphrase', async () => {
  const calls: string[] = []
  const { run } = options(
    [
      entry('partition', calls, {
        check: async () => 'todo',
        async restore() {
          throw new UserError('the passphrase does not open the disks')
        },
        async undo() {
          calls.push('undo partition')
        },
      }),
    ],
    resumed('partition'),
  )
  expect(await runTasks(run)).toMatchObject({
    status: 'failed',
    failure: { message: 'the passphrase does not open the disks' },
  })
  expect(calls).toEqual(['undo partition'])
})

test('a disk that cannot be opened has not failed to be formatted: the next try does not erase it either', async () => {
  const calls: string[] = []
  const system = machine()
  const formatted = (restore: () => Promise<void>) =>
    entry('partition', calls, { destroysData: true, check: async () => 'todo', restore })
  const wrong = formatted(() => Promise.reject(new UserError('the passphrase does not open the disks')))
  await runTasks(options([wrong], { ...resumed('partition'), system }).run)
  const left = decodeJournal((await system.readBytes(JOURNAL_FILE)) ?? new Uint8Array())
  const begun = left && begunFrom(left.saved, left.records, 'memory')
  expect(begun?.tasks.find(({ id }) => id === 'partition')?.stand).toBe('finished')
  await runTasks(options([wrong], { system, begun }).run)
  expect(calls.filter((call) => call.startsWith('run'))).toEqual([])
})

test('is not erased again when the secrets for what comes after it were not asked for', async () => {
  const calls: string[] = []
  const { secrets } = taskContext(fakeSystem())
  const { run } = options([entry('partition', calls, { check: async () => 'todo' }), entry('passwords', calls)], {
    ...resumed('partition', 'passwords'),
    secrets: { ...secrets, password: null },
  })
  expect(await runTasks(run)).toMatchObject({
    status: 'failed',
    failure: {
      message: 'what "Title of partition" had done is not there any more, so the installation cannot go on',
    },
  })
  expect(calls).toEqual([])
})

test('boot files that are gone are written again without the secrets of what comes after them', async () => {
  const calls: string[] = []
  const { secrets } = taskContext(fakeSystem())
  const { run } = options(
    [entry('install', calls, { check: async () => 'todo', leavesLater: true }), entry('passwords', calls)],
    { ...resumed('install', 'passwords'), secrets: { ...secrets, password: null } },
  )
  expect(await runTasks(run)).toEqual({ status: 'installed' })
  expect(calls).toEqual(['run install', 'verify install', 'check passwords', 'verify passwords'])
  const left = decodeJournal((await run.system.readBytes(JOURNAL_FILE)) ?? new Uint8Array())
  expect(
    left && begunFrom(left.saved, left.records, 'memory').tasks.filter(({ stand }) => stand === 'finished'),
  ).toEqual([
    { id: 'install', stand: 'finished' },
    { id: 'passwords', stand: 'finished' },
  ])
})

test('tasks learn that an install goes on, and what was cut off', async () => {
  let seen: unknown
  const confirmed = { id: '/dev/disk/by-id/virtio-keystone-a', serial: 'keystone-a', sizeBytes: 8589934592 }
  const { begun } = resumed('partition')
  const tasks = begun?.tasks.map((task) => (task.id === 'build' ? ({ id: 'build', stand: 'begun' } as const) : task))
  const { run } = options(
    [
      entry('build', [], {
        async run({ goesOn, interrupted, confirmation }) {
          seen = { goesOn, interrupted, confirmation }
          return undefined
        },
      }),
    ],
    { begun: begun && { ...begun, tasks: tasks ?? [] }, confirmation: { disks: [{ ...confirmed, path: '/dev/sda' }] } },
  )
  await runTasks(run)
  // The kernel may name the disk otherwise since.
  expect(seen).toEqual({ goesOn: true, interrupted: ['build'], confirmation: { disks: [confirmed] } })
})

test('a journal on an esp never tells of a partition that was only begun: whoever reads it would format again', async () => {
  const onEsp: (readonly string[] | null)[] = []
  const inMemory: (readonly string[] | null)[] = []
  const system: FakeSystem = machine()
  const watched: FakeSystem = {
    ...system,
    async writeBytes(...given) {
      if (given[0] === ON_ESP) inMemory.push(await recordsIn(system))
      await system.writeBytes(...given)
      if (given[0] === ON_ESP) onEsp.push(await recordsIn(system, ON_ESP))
    },
  }
  await runTasks(options([entry('partition', [], { target: 'comes' })], { system: watched }).run)
  expect(onEsp).toEqual([['started partition', 'finished partition']])
  expect(inMemory).toEqual([['started partition']])
})

test('the journal is on the esp before partition counts, grows there, and is left before the target is let go', async () => {
  const atUnmount: (readonly string[] | null)[] = []
  const { run, journal } = options([
    entry('partition', [], { target: 'comes' }),
    entry('build', []),
    entry('unmount', [], {
      target: 'goes',
      async run({ system }) {
        atUnmount.push(await recordsIn(system, ON_ESP))
        await system.removeFile(ON_ESP)
        return undefined
      },
    }),
    entry('finish', []),
  ])
  expect(await runTasks(run)).toEqual({ status: 'installed' })
  const onEsp = ['started partition', 'finished partition', 'started build', 'finished build', 'started unmount']
  expect(atUnmount).toEqual([onEsp])
  expect(await recordsIn(run.system, ON_ESP)).toBeNull()
  expect(await journal()).toEqual([...onEsp, 'finished unmount', 'started finish', 'finished finish', 'installed'])
})

test('a restored target takes the journal too', async () => {
  const { run } = options([entry('partition', [], { target: 'comes' }), entry('build', [])], resumed('partition'))
  await runTasks(run)
  expect(await recordsIn(run.system, ON_ESP)).toEqual([
    'finished partition',
    'started build',
    'finished build',
    'installed',
  ])
})

test('an esp that takes no journal does not end the install', async () => {
  const system = machine()
  const refused = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', syscall: 'write' })
  const full: FakeSystem = {
    ...system,
    writeBytes: (path, ...rest) => (path === ON_ESP ? Promise.reject(refused) : system.writeBytes(path, ...rest)),
  }
  const { run, logged } = options([entry('partition', [], { target: 'comes' })], { system: full })
  expect(await runTasks(run)).toEqual({ status: 'installed' })
  expect(logged).toEqual([
    'the journal stays in memory, so this install will not outlive a power cut: ENOSPC: no space left',
  ])
})

test('a task counts as finished only when what it wrote is on the disk', async () => {
  const atSync: (readonly string[] | null)[] = []
  const system: FakeSystem = machine({
    commands: {
      sync: async () => {
        atSync.push(await recordsIn(system))
        return ''
      },
    },
  })
  const { run } = options([entry('preflight', [], { changesNothing: true }), entry('partition', [])], { system })
  await runTasks(run)
  expect(atSync).toEqual([['started preflight', 'finished preflight', 'started partition']])
})

test('the header has all that a restarted installer needs, and a run that goes on keeps it', async () => {
  const first = options([entry('partition', [])])
  await runTasks(first.run)
  const read = async (system: System) =>
    decodeJournal((await system.readBytes(JOURNAL_FILE)) ?? new Uint8Array())?.saved
  const { plan, confirmation } = first.run
  expect(await read(first.run.system)).toEqual({
    format: 1,
    installerVersion: '1.2.3',
    startedAt: AT,
    planHash: 'f00d',
    plan,
    answers: 'version: 2\n',
    confirmation,
    recoveryKeyHash: expect.stringMatching(/^\$scrypt\$/),
  })
  const second = options([entry('partition', [])], { ...resumed('partition'), answersText: '' })
  await runTasks(second.run)
  expect(await read(second.run.system)).toMatchObject({
    startedAt: '2026-05-30T09:00:00.000Z',
    answers: 'version: 2\n',
  })
})

test('of the recovery key only a hash is kept: the same while the key is the same, and a new one where a new key was made', async () => {
  const savedIn = async (system: System, file: string) =>
    decodeJournal((await system.readBytes(file)) ?? new Uint8Array())?.saved as SavedInstall
  const tasks = [entry('partition', [], { target: 'comes' }), entry('enroll-keys', [])]
  const first = options(tasks)
  await runTasks(first.run)
  const saved = await savedIn(first.run.system, ON_ESP)
  expect(await isShownKey(saved.recoveryKeyHash, first.run.secrets.recoveryKey as Secret)).toBe(true)
  expect(JSON.stringify(saved)).not.toContain(first.run.secrets.recoveryKey?.reveal().slice(0, 8))

  const begun = begunFrom(saved, [{ at: AT, state: 'finished', task: 'partition', outputs: {} }], 'target')
  const { system } = first.run
  await runTasks(options(tasks, { system, begun }).run)
  expect(await savedIn(system, ON_ESP)).toEqual(saved)
  // Of nothing that is left to do: it stays as it is.
  await runTasks(options(tasks, { system, begun, secrets: { ...first.run.secrets, recoveryKey: null } }).run)
  expect(await savedIn(system, ON_ESP)).toEqual(saved)

  const recoveryKey = new Secret('tttttttt-bbbbbbbb-cbdefghi-jklnrtuv-tuvcbdef-gggggggg-hhhhhhhh-iiiiiiii')
  await runTasks(options(tasks, { system, begun, secrets: { ...first.run.secrets, recoveryKey } }).run)
  for (const file of [JOURNAL_FILE, ON_ESP]) {
    const now = await savedIn(system, file)
    expect(now).toEqual({ ...saved, recoveryKeyHash: now.recoveryKeyHash })
    expect(await isShownKey(now.recoveryKeyHash, recoveryKey)).toBe(true)
  }
})

test('without a recovery key there is no hash of one', async () => {
  const { run } = options([entry('partition', [])])
  await runTasks({ ...run, secrets: { ...run.secrets, recoveryKey: null } })
  const journal = decodeJournal((await run.system.readBytes(JOURNAL_FILE)) ?? new Uint8Array())
  expect(Object.keys(journal?.saved ?? {})).not.toContain('recoveryKeyHash')
})

test('what an installer that is gone has begun on this boot is known, until it has come to its end', async () => {
  const seen: unknown[] = []
  const tasks = (id: TaskId) => [
    entry(id, [], {
      async run({ leftBy }) {
        seen.push(leftBy?.hash ?? null)
        return undefined
      },
    }),
  ]
  const system = machine()
  const fail = entry('partition', [], {
    async run() {
      throw new UserError('no')
    },
  })
  await runTasks(options([fail], { system }).run)
  await runTasks(options(tasks('build'), { system }).run)
  await runTasks(options(tasks('build'), { system }).run)
  expect(seen).toEqual(['f00d', null])
})

test('an undo that never ends is told, and the others are done all the same', async () => {
  const calls: string[] = []
  const { run, events } = options(
    [
      entry('preflight', calls, {
        async undo() {
          calls.push('undo preflight')
        },
      }),
      entry('partition', calls, {
        async run() {
          throw new UserError('no')
        },
        undo: () => new Promise(() => {}),
      }),
    ],
    { undoLimitMs: 20 },
  )
  await runTasks(run)
  expect(calls.at(-1)).toBe('undo preflight')
  expect(events.at(-1)).toMatchObject({
    type: 'released',
    problems: [
      {
        code: 'undo-failed',
        message: '"Title of partition" could not be undone: it did not end within 0.02 s; a disk may not be answering',
      },
    ],
  })
})

test('an undo that nobody waits for any more changes nothing later on', async () => {
  let goOn = () => {}
  let done: Promise<unknown> = Promise.resolve()
  const system = machine({ commands: { 'umount -R /mnt': '', 'zpool export rpool': '' } })
  const { run } = options(
    [
      entry('partition', [], {
        async run() {
          throw new UserError('no')
        },
        undo(context) {
          const work = (async () => {
            await context.system.run(programs.umount, ['-R', '/mnt'])
            await new Promise<void>((resolve) => {
              goOn = resolve
            })
            await context.system.run(programs.zpool, ['export', 'rpool'])
          })()
          done = work.catch((error) => error)
          return work
        },
      }),
    ],
    { undoLimitMs: 20, system },
  )
  await runTasks(run)
  goOn()
  expect(await done).toBeInstanceOf(UserError)
  expect(system.runs()).toEqual(['umount -R /mnt'])
})

/** The machine's part of three tasks: what is done outlives the installer. */
function world(runs: string[]) {
  const done = new Set<string>()
  const ids: readonly TaskId[] = ['partition', 'build', 'install', 'unmount']
  const tasks = ids.map((id) =>
    entry(id, [], {
      check: async () => (done.has(id) ? 'done' : 'todo'),
      verify: async () => [],
      async run() {
        runs.push(id)
        done.add(id)
        return { from: id }
      },
    }),
  )
  return { ids, tasks }
}

test('killed at any write of the journal it goes on, and no task that was finished is done again', async () => {
  const killed = new Error('killed')
  for (let survived = 0; ; survived++) {
    const runs: string[] = []
    const { ids, tasks } = world(runs)
    const system = machine()
    let writes = 0
    // From that write on nothing reaches the machine any more, as after kill -9.
    const dying: FakeSystem = {
      ...system,
      async writeAt(...given) {
        if (writes++ >= survived) throw killed
        await system.writeAt(...given)
      },
      run: (...given) => (writes > survived ? Promise.reject(killed) : system.run(...given)),
    }
    const stopping = tasks.map((task) => ({
      ...task,
      run: (context: TaskContext) => (writes > survived ? Promise.reject(killed) : task.run(context)),
    }))
    await runTasks(options(stopping, { system: dying }).run)
    if (writes <= survived) break
    const bytes = (await system.readBytes(JOURNAL_FILE)) ?? new Uint8Array()
    const found = decodeJournal(bytes)
    if (found === null) throw new Error('the journal is gone')
    const begun = begunFrom(found.saved, found.records, 'memory')
    const finished = begun.tasks.flatMap(({ id, stand }) => (stand === 'finished' ? [id] : []))
    const before = runs.length
    expect(await runTasks(options(tasks, { system, begun }).run)).toEqual({ status: 'installed' })
    const again = runs.slice(before)
    expect(again).toEqual(ids.filter((id) => !finished.includes(id)))
    expect(await recordsIn(system)).toContain('installed')
    expect(survived).toBeLessThan(20)
  }
})

test('where the journal cannot be written the install goes on without it', async () => {
  const calls: string[] = []
  const refused = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'mkdir' })
  const system = { ...machine(), makeDirectory: () => Promise.reject(refused) }
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
