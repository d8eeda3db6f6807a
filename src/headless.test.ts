import { expect, test, vi } from 'vitest'
import { type HeadlessRequest, installHeadless } from './headless.ts'
import type { InstallOutcome, InstallRequest } from './install/install-request.ts'
import { createLiveLog } from './install/live-log.ts'
import type { Begun } from './model/saved-install.ts'
import { Secret } from './model/secret.ts'
import { begunInstall } from './testing/begun.ts'
import { type FakeSystem, fakeSystem } from './testing/fake-system.ts'
import { confirmation, taskContext, zfsPlan } from './testing/task-context.ts'

/** Of bytes that count up from zero. */
const KEY = 'cccbcdce-cfcgchci-cjckclcn-crctcucv-bcbbbdbe-bfbgbhbi-bjbkblbn-brbtbubv'
const AT = '2026-05-30T10:00:00.000Z'

/** Runs with an install that tells `tell` and ends with `outcome`. */
async function headless(
  progress: 'json' | 'plain',
  tell: (request: InstallRequest, stderr: () => string, system: FakeSystem) => void,
  {
    outcome = { status: 'installed' } as InstallOutcome,
    recoveryKeyFile = null as string | null,
    plan = zfsPlan,
    begun = null as Begun | null,
    recoveryKey = undefined as HeadlessRequest['recoveryKey'] | undefined,
  } = {},
) {
  const out: string[] = []
  const err: string[] = []
  const system = fakeSystem({ files: { '/run/old': 'the key of another machine' } })
  const { files, phaseFiles, secrets, signal } = taskContext(system)
  const ended = await installHeadless({
    plan,
    random: (bytes) => Uint8Array.from({ length: bytes }, (_, at) => at),
    answersText: 'version: 2\n',
    installerVersion: '0.5.0',
    begun,
    secrets,
    recoveryKey: recoveryKey === undefined ? (plan.recoveryKey ? 'make' : null) : recoveryKey,
    confirmation,
    files,
    phaseFiles,
    system,
    liveLog: createLiveLog(),
    progress,
    recoveryKeyFile,
    signal,
    stdout: (text) => out.push(text),
    stderr: (text) => err.push(text),
    async install(request) {
      tell(request, () => err.join(''), system)
      return outcome
    },
  })
  return { ended, out: out.join(''), err: err.join(''), system }
}

const tell = ({ onEvent }: InstallRequest) => {
  const tasks = [
    { id: 'build', title: 'Build the system', weight: 80 },
    { id: 'install', title: 'Install the system', weight: 20 },
  ] as const
  onEvent({ type: 'install-started', at: AT, planHash: 'f00d', tasks })
  onEvent({ type: 'task-started', at: AT, task: 'build', title: 'Build the system' })
  onEvent({ type: 'log', at: AT, task: 'build', line: 'building' })
  onEvent({ type: 'task-progress', at: AT, task: 'build', fraction: 0.01, message: '1 of 100 paths' })
  onEvent({ type: 'task-progress', at: AT, task: 'build', fraction: 0.5, message: '50 of 100 paths' })
  onEvent({ type: 'task-finished', at: AT, task: 'build', outcome: 'done', durationMs: 1 })
  onEvent({ type: 'task-started', at: AT, task: 'install', title: 'Install the system' })
  onEvent({ type: 'task-finished', at: AT, task: 'install', outcome: 'done', durationMs: 1 })
  onEvent({ type: 'install-finished', at: AT, durationMs: 754_000 })
}

test('json: one event a line, and nothing else on stdout', async () => {
  const { ended, out } = await headless('json', tell)
  const events = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).type)
  expect(events).toHaveLength(9)
  expect(events.at(-1)).toBe('install-finished')
  expect(ended).toEqual({ status: 'installed' })
})

test('plain: a line for each task, and one when a long one has moved', async () => {
  const { out } = await headless('plain', tell)
  expect(out).toBe(`[  0%] Build the system
[ 40%] Build the system: 50 of 100 paths
[ 80%] Install the system
[100%] Installed in 12:34.
`)
})

test('plain: never silent for five seconds while a task is at work, and the clock ends with the install', async () => {
  vi.useFakeTimers({ now: Date.parse(AT) })
  try {
    const out: string[] = []
    const system = fakeSystem({ now: () => new Date() })
    const { files, phaseFiles, secrets, signal } = taskContext(system)
    await installHeadless({
      ...{ plan: zfsPlan, answersText: '', installerVersion: '0.5.0', begun: null, secrets, recoveryKey: null },
      ...{ confirmation, files, phaseFiles, system, liveLog: createLiveLog(), recoveryKeyFile: null, signal },
      progress: 'plain',
      stdout: (text) => out.push(`${new Date().getSeconds()} ${text}`),
      stderr: () => {},
      async install({ onEvent }) {
        const tasks = [{ id: 'build', title: 'Build the system', weight: 80 }] as const
        onEvent({ type: 'install-started', at: AT, planHash: 'f00d', tasks })
        onEvent({ type: 'task-started', at: AT, task: 'build', title: 'Build the system' })
        await vi.advanceTimersByTimeAsync(9000)
        return { status: 'installed' }
      },
    })
    expect(out.map((line) => line.slice(0, 26))).toEqual([
      '0 [  0%] Build the system\n',
      '4 [  0%] Build the system\n',
      '8 [  0%] Build the system:',
    ])
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('the recovery key is printed once on stderr, before the install, which is given it', async () => {
  const seen: string[] = []
  const { out, err } = await headless('json', ({ secrets }, stderr) => {
    seen.push(secrets.recoveryKey?.reveal() ?? '', stderr())
  })
  const shown = `Recovery key, shown this once. It opens the disks when the install has ended well:\n${KEY}\n`
  expect(seen).toEqual([KEY, shown])
  expect(out).not.toContain(KEY)
  expect(err).toBe(shown)
})

test('with a file for it the recovery key goes there and nowhere else, before the install', async () => {
  const before: string[] = []
  const { out, err, system } = await headless('json', (_, __, here) => void before.push(...here.written().keys()), {
    recoveryKeyFile: '/run/key',
  })
  expect(before).toEqual(['/run/key'])
  expect(system.written().get('/run/key')).toEqual({ content: `${KEY}\n`, mode: 0o600, wasSecret: true })
  expect(out + err).not.toContain(KEY)
})

test('a file that is there already is left alone, and nothing is installed', async () => {
  const tellNothing = () => {
    throw new Error('installed')
  }
  await expect(headless('json', tellNothing, { recoveryKeyFile: '/run/old' })).rejects.toThrow(
    'the recovery key is not written to /run/old: there is such a file already',
  )
})

test('without a recovery key in the plan none is made', async () => {
  const seen: unknown[] = []
  const { err } = await headless('json', ({ secrets }) => void seen.push(secrets.recoveryKey), {
    plan: { ...zfsPlan, recoveryKey: false },
  })
  expect([seen, err]).toEqual([[null], ''])
})

test('says on stderr why it failed and what to do', async () => {
  const failure = {
    task: 'build',
    message: 'nix failed with exit code 1',
    nextSteps: ['check the network'],
    command: { line: 'nix build', exitCode: 1, lastLines: ['error: no route'] },
    problems: [],
  } as const
  const { err, ended } = await headless('plain', () => {}, {
    outcome: { status: 'failed', failure, error: null, isBug: false },
    plan: { ...zfsPlan, recoveryKey: false },
  })
  expect(err).toBe(`The installation failed: nix failed with exit code 1.
  $ nix build
  error: no route
What you can do:
  - check the network
To retry: keystone resume
`)
  expect(ended.status).toBe('failed')
})

test('what preflight refuses has nothing to go on with', async () => {
  const failure = { task: 'preflight', message: 'not root', nextSteps: [], problems: [] } as const
  const { err } = await headless('plain', () => {}, {
    outcome: { status: 'failed', failure, error: null, isBug: false },
    recoveryKey: null,
  })
  expect(err).toBe('The installation failed: not root.\n')
})

test('after a cancel it says what could not be let go', async () => {
  const problems = [{ code: 'undo-failed', path: [], message: 'it is still mounted', hint: 'restart' }]
  const { err } = await headless('plain', tell, {
    outcome: { status: 'cancelled', problems },
    plan: { ...zfsPlan, recoveryKey: false },
  })
  expect(err).toBe('The installation was cancelled.\nit is still mounted (restart)\n')
})

test('goes on with the key that was shown before, and shows it to nobody', async () => {
  const seen: unknown[] = []
  const key = { key: new Secret(KEY), isNew: false }
  const { out, err } = await headless(
    'json',
    ({ secrets, begun }) => void seen.push(secrets.recoveryKey?.reveal(), begun),
    {
      begun: begunInstall,
      recoveryKey: key,
      recoveryKeyFile: '/run/old',
    },
  )
  expect([seen, out, err]).toEqual([[KEY, begunInstall], '', ''])
})

test('a key in the place of a lost one is shown, with the word that the other opens nothing', async () => {
  const { err } = await headless('json', () => {}, {
    begun: begunInstall,
    recoveryKey: { key: new Secret(KEY), isNew: true },
  })
  expect(err).toBe(`The recovery key that was shown before opens nothing. This one takes its place.
Recovery key, shown this once. It opens the disks when the install has ended well:
${KEY}
`)
})

test('cause and remedy of the catalogue take the place of the bare message', async () => {
  const diagnosis = {
    code: 'target-full',
    cause: 'The disk is full.',
    remedy: ['choose a smaller swap'],
    waysOn: ['answers'],
  } as const
  const failure = {
    task: 'build',
    message: 'nix failed with exit code 1',
    nextSteps: ['choose a smaller swap', 'look at the log'],
    problems: [],
    diagnosis,
  } as const
  const { err } = await headless('plain', () => {}, {
    outcome: { status: 'failed', failure, error: null, isBug: false },
    recoveryKey: null,
  })
  expect(err).toBe(`The installation failed: The disk is full.
What you can do:
  - choose a smaller swap
  - look at the log
To retry: keystone resume
`)
})
