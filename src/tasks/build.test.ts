import { expect, test } from 'vitest'
import { CommandError, UserError } from '../system/errors.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { taskContext } from '../testing/task-context.ts'
import { build } from './build.ts'

const BUILD =
  "nix build --store /mnt --extra-experimental-features 'nix-command flakes' --log-format internal-json --no-link " +
  '--print-out-paths --verbose \'path:/mnt/etc/nixos#nixosConfigurations."primer".config.system.build.toplevel\''
const SYSTEM = '/nix/store/abc-nixos-system-primer-26.05'

test('builds into the store of the target and gives the path of the system', async () => {
  const system = fakeSystem({ commands: { [BUILD]: `${SYSTEM}\n` } })
  expect(await build.run(taskContext(system))).toEqual({ systemPath: SYSTEM })
  expect(system.runs()).toEqual([BUILD])
})

test('tells the progress by paths, bytes and builds, and what nix says to people', async () => {
  const stderr = [
    '@nix {"action":"start","id":1,"level":0,"text":"","type":102}',
    '@nix {"action":"start","id":2,"level":0,"text":"","type":103}',
    '@nix {"action":"start","id":3,"level":0,"text":"","type":104}',
    '@nix {"action":"result","fields":[0,3,0,0],"id":2,"type":105}',
    '@nix {"action":"result","fields":[0,1,0,0],"id":3,"type":105}',
    '@nix {"action":"result","fields":[101,2097152],"id":1,"type":106}',
    '@nix {"action":"start","id":4,"level":4,"text":"downloading","type":101}',
    '@nix {"action":"result","fields":[1048576,2097152,0,0],"id":4,"type":105}',
    '@nix {"action":"result","fields":[1048576,2097152,0,0],"id":4,"type":105}',
    '@nix {"action":"msg","level":1,"msg":"warning: slow"}',
  ].join('\n')
  const context = taskContext(fakeSystem({ commands: { [BUILD]: { stdout: SYSTEM, stderr } } }))
  await build.run(context)
  expect(context.steps.at(-1)).toEqual([0.375, '0 of 3 paths, 1 MiB of 2 MiB, 0 of 1 builds'])
  // The same news is told once.
  expect(new Set(context.steps.map(([, message]) => message)).size).toBe(context.steps.length)
  expect(context.logged).toEqual(['warning: slow'])
})

test('a failed build says what nix said, not its records', async () => {
  const stderr = [
    '@nix {"action":"start","id":1,"level":0,"text":"","type":102}',
    '@nix {"action":"msg","level":0,"msg":"\\u001b[31;1merror:\\u001b[0m unable to download: Couldn\'t resolve host name"}',
    '@nix {"action":"stop","id":1}',
  ].join('\n')
  const system = fakeSystem({ commands: { [BUILD]: { exitCode: 1, stderr } } })
  const error = await build.run(taskContext(system)).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(CommandError)
  expect(error).toMatchObject({
    program: 'nix',
    line: BUILD,
    exitCode: 1,
    lastLines: ["error: unable to download: Couldn't resolve host name"],
  })
})

test('a build that names no system is no success', async () => {
  const system = fakeSystem({ commands: { [BUILD]: 'warning: something\n' } })
  await expect(build.run(taskContext(system))).rejects.toBeInstanceOf(UserError)
})

test('is kept as long as the system is in the store of the target', async () => {
  const outputs = { build: { systemPath: SYSTEM } }
  const there = fakeSystem({ files: { [`/mnt${SYSTEM}/init`]: '' } })
  expect(await build.verify(taskContext(there, { outputs }))).toEqual([])
  expect(await build.check(taskContext(there, { outputs }))).toBe('done')
  expect(await build.check(taskContext(there))).toBe('todo')
  expect(await build.verify(taskContext(fakeSystem(), { outputs }))).toMatchObject([{ code: 'system-missing' }])
})
