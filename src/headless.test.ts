import { expect, test } from 'vitest'
import { installHeadless } from './headless.ts'
import type { InstallOutcome, InstallRequest } from './install/install-request.ts'
import { createLiveLog } from './install/live-log.ts'
import type { Answers } from './model/answers.ts'
import { Secret } from './model/secret.ts'
import { fakeSystem } from './testing/fake-system.ts'
import { confirmation, taskContext, zfsPlan } from './testing/task-context.ts'

const KEY = 'cbdefghi-jklnrtuv-cbdefghi-jklnrtuv-cbdefghi-jklnrtuv-cbdefghi-jklnrtuv'
const AT = '2026-05-30T10:00:00.000Z'

/** Runs with an install that tells `tell` and ends with `outcome`. */
async function headless(
  progress: 'json' | 'plain',
  tell: (request: InstallRequest) => void,
  { outcome = { status: 'installed' } as InstallOutcome, recoveryKeyFile = null as string | null } = {},
) {
  const out: string[] = []
  const err: string[] = []
  const system = fakeSystem()
  const { files, phaseFiles, secrets, signal } = taskContext(system)
  const answers = {
    encryption: { passphrase: secrets.passphrase },
    identity: { password: secrets.password },
  } as unknown as Answers
  const ended = await installHeadless({
    plan: zfsPlan,
    answers,
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
      tell(request)
      return outcome
    },
  })
  return { ended, out: out.join(''), err: err.join(''), system }
}

const tell = ({ onEvent, onRecoveryKey }: InstallRequest) => {
  const tasks = [
    { id: 'build', title: 'Build the system', weight: 80 },
    { id: 'install', title: 'Install the system', weight: 20 },
  ] as const
  onEvent({ type: 'install-started', at: AT, planHash: 'f00d', tasks })
  onEvent({ type: 'task-started', at: AT, task: 'build', title: 'Build the system' })
  onEvent({ type: 'log', at: AT, task: 'build', line: 'building' })
  onEvent({ type: 'task-progress', at: AT, task: 'build', fraction: 0.01, message: '1 of 100 paths' })
  onEvent({ type: 'task-progress', at: AT, task: 'build', fraction: 0.5, message: '50 of 100 paths' })
  onRecoveryKey(new Secret(KEY))
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

test('the recovery key is printed once, after a good end, on stderr', async () => {
  const { out, err } = await headless('json', tell)
  expect(out).not.toContain(KEY)
  expect(err).toBe(`Recovery key, shown this once. Keep it away from this machine:\n${KEY}\n`)
})

test('with a file for it the recovery key goes there and nowhere else', async () => {
  const { out, err, system } = await headless('json', tell, { recoveryKeyFile: '/run/key' })
  expect(system.written().get('/run/key')).toEqual({ content: `${KEY}\n`, mode: 0o600, wasSecret: true })
  expect(out + err).not.toContain(KEY)
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
  })
  expect(err).toBe(`The installation failed: nix failed with exit code 1.
  $ nix build
  error: no route
What you can do:
  - check the network
`)
  expect(ended.status).toBe('failed')
})

test('after a cancel it says what could not be let go', async () => {
  const problems = [{ code: 'undo-failed', path: [], message: 'it is still mounted', hint: 'restart' }]
  const { err } = await headless('plain', tell, { outcome: { status: 'cancelled', problems } })
  expect(err).toBe('The installation was cancelled.\nit is still mounted (restart)\n')
})
