import { expect, test } from 'vitest'
import { CommandError, UserError } from '../system/errors.ts'
import { type FakeAnswer, fakeSystem } from '../testing/fake-system.ts'
import { taskContext, zfsPlan } from '../testing/task-context.ts'
import { build } from './build.ts'

const BUILD =
  "nix build --store /mnt --extra-experimental-features 'nix-command flakes' --extra-substituters 'auto?trusted=1' --log-format " +
  'internal-json --option fsync-store-paths true --no-link --print-out-paths --verbose \'git+file:///mnt/etc/nixos#nixosConfigurations."primer".config.system.build.toplevel\''
const SYSTEM = '/nix/store/abc-nixos-system-primer-26.05'
const GIT = 'git -C /mnt/etc/nixos'
const git = {
  'git init --quiet --initial-branch=main --template= /mnt/etc/nixos': '',
  [`${GIT} add --all`]: '',
  [`${GIT} diff --cached --quiet`]: { exitCode: 1 },
  [`${GIT} -c 'user.name=Keystone installer' -c user.email=root@primer commit --quiet --message 'Lock the versions of the inputs'`]:
    '',
}
/** What is asked and done besides when an install goes on. */
const mended = {
  [`${GIT} fsck --no-dangling --no-progress`]: '',
  [`${GIT} -c 'user.name=Keystone installer' -c user.email=root@primer commit --quiet --message 'Begin the build again'`]:
    '',
}
const lockFile = { path: '/etc/nixos/flake.lock', content: '{}\n', mode: 0o644 }

test('builds what is in git into the store of the target, gives its path, and commits the versions that nix chose', async () => {
  const system = fakeSystem({ commands: { [BUILD]: `${SYSTEM}\n`, ...git } })
  expect(await build.run(taskContext(system))).toEqual({ systemPath: SYSTEM })
  expect(system.runs()[0]).toBe(BUILD)
  expect(system.runs().at(-1)).toContain("commit --quiet --message 'Lock the versions of the inputs'")
})

test('downloads by the proxy of the plan; git, which fetches nothing, is told of none', async () => {
  const proxy = 'http://proxy.example:3128'
  const plan = { ...zfsPlan, network: { ...zfsPlan.network, proxy } }
  const system = fakeSystem({ commands: { [BUILD]: `${SYSTEM}\n`, ...git } })
  await build.run(taskContext(system, { plan }))
  const proxies = system.calls().map(({ program, options }) => `${program} ${options.proxy}`)
  expect([...new Set(proxies)]).toEqual([`nix ${proxy}`, 'git undefined'])
})

test('versions that came with the installer are taken as they are: nothing is left to commit', async () => {
  const locked = BUILD.replace('--verbose', '--verbose --no-update-lock-file')
  const system = fakeSystem({ commands: { [locked]: `${SYSTEM}\n` } })
  const context = taskContext(system)
  await build.run({ ...context, files: [...context.files, lockFile] })
  expect(system.runs()).toEqual([locked])
})

test('tells the progress by paths, bytes and builds, and what nix says to people', async () => {
  const stderr = [
    '@nix {"action":"start","id":1,"level":0,"text":"","type":102}',
    '@nix {"action":"start","id":2,"level":0,"text":"","type":103}',
    '@nix {"action":"start","id":3,"level":0,"text":"","type":104}',
    '@nix {"action":"result","fields":[0,3,0,0],"id":2,"type":105}',
    '@nix {"action":"result","fields":[0,1,0,0],"id":3,"type":105}',
    '@nix {"action":"result","fields":[100,2097152],"id":1,"type":106}',
    '@nix {"action":"start","id":4,"level":4,"text":"copying","type":100}',
    '@nix {"action":"result","fields":[1048576,2097152,0,0],"id":4,"type":105}',
    '@nix {"action":"result","fields":[1048576,2097152,0,0],"id":4,"type":105}',
    '@nix {"action":"msg","level":1,"msg":"warning: slow"}',
  ].join('\n')
  const context = taskContext(fakeSystem({ commands: { [BUILD]: { stdout: SYSTEM, stderr }, ...git } }))
  await build.run(context)
  expect(context.steps.at(-1)).toEqual([0.15, '0 of 3 paths, 1 MiB of 2 MiB copied, 0 of 1 builds'])
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

test('is kept as long as the system is in the store of the target, and what it was built from is in git', async () => {
  const outputs = { build: { systemPath: SYSTEM } }
  const tracked = ['flake.nix', 'hosts/primer/disko-config.nix', 'hosts/primer/hardware-configuration.nix'].join('\0')
  const committed = { [`${GIT} ls-tree -r -z --name-only HEAD`]: tracked, [`${GIT} status --porcelain -z`]: '' }
  const files = { [`/mnt${SYSTEM}/init`]: '', '/mnt/etc/nixos/.git/HEAD': 'ref: refs/heads/main\n' }
  const there = fakeSystem({ files, commands: committed })
  expect(await build.verify(taskContext(there, { outputs }))).toEqual([])
  expect(await build.check(taskContext(there, { outputs }))).toBe('done')
  expect(await build.check(taskContext(there))).toBe('todo')
  const unlocked = fakeSystem({
    files,
    commands: { ...committed, [`${GIT} status --porcelain -z`]: ' A flake.lock\0' },
  })
  expect(await build.verify(taskContext(unlocked, { outputs }))).toMatchObject([{ code: 'uncommitted' }])
  expect(await build.verify(taskContext(fakeSystem(), { outputs }))).toMatchObject([{ code: 'system-missing' }])
})

const VERIFY = "nix store verify --extra-experimental-features 'nix-command flakes' --store /mnt --all --no-trust"
const built = { outputs: { build: { systemPath: SYSTEM } } }
const committed = {
  [`${GIT} ls-tree -r -z --name-only HEAD`]:
    'hosts/primer/disko-config.nix\0flake.nix\0hosts/primer/hardware-configuration.nix\0',
  [`${GIT} status --porcelain -z`]: '',
}
const files = { [`/mnt${SYSTEM}/system.json`]: '', '/mnt/etc/nixos/.git/HEAD': '', '/mnt/nix/var/nix/db/db.sqlite': '' }

test('is done when it is in the store; where the install was cut off over it, only when the store is whole', async () => {
  const system = fakeSystem({ commands: { ...committed, [VERIFY]: [{ exitCode: 1 }, ''] }, files })
  expect(await build.check(taskContext(system, built))).toBe('done')
  expect(system.calls().some(({ line }) => line === VERIFY)).toBe(false)
  const cut = taskContext(system, { ...built, goesOn: true, interrupted: ['install'] })
  expect(await build.check(cut)).toBe('todo')
  expect(await build.check(cut)).toBe('done')
})

test('what a power cut tore in the store is fetched again, because nix would take it for whole', async () => {
  const FORGET = 'rm -r -f --one-file-system /mnt/nix/var/nix/db'
  const machine = (verify: FakeAnswer) =>
    fakeSystem({ commands: { [VERIFY]: verify, [FORGET]: '', [BUILD]: `${SYSTEM}\n`, ...git, ...mended }, files })
  const withoutGit = (lines: readonly string[]) => lines.filter((line) => !line.startsWith('git '))
  const torn = machine({ exitCode: 1 })
  await build.run(taskContext(torn, { goesOn: true }))
  expect(withoutGit(torn.runs())).toEqual([FORGET, BUILD])
  const whole = machine('')
  await build.run(taskContext(whole, { goesOn: true }))
  expect(withoutGit(whole.runs())).toEqual([BUILD])
  const fresh = machine({ exitCode: 1 })
  await build.run(taskContext(fresh))
  expect(fresh.calls().some(({ line }) => line === VERIFY)).toBe(false)
})

test('a lock file that was cut off while nix wrote it is written anew, and git knows it before nix reads the repository', async () => {
  const lock = { '/mnt/etc/nixos/flake.lock': '{"nodes": {' }
  const commands = { [VERIFY]: '', [BUILD]: `${SYSTEM}\n`, ...git, ...mended }
  const system = fakeSystem({ commands, files: { ...files, ...lock } })
  await build.run(taskContext(system, { goesOn: true, interrupted: ['build'] }))
  expect(system.removed()).toEqual(['/mnt/etc/nixos/flake.lock'])
  const runs = system.runs()
  expect(runs.findIndex((line) => line.includes('add --all'))).toBeLessThan(runs.indexOf(BUILD))
  // One of a build that was finished is the owner's choice of versions by now.
  const again = fakeSystem({ commands, files: { ...files, ...lock } })
  await build.run(taskContext(again, { goesOn: true }))
  expect(again.removed()).toEqual([])
})
