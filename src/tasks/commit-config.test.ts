import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLocalSystem } from '../system/local-system.ts'
import { createLog } from '../system/log.ts'
import type { System } from '../system/system.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { taskContext } from '../testing/task-context.ts'
import { commitConfig } from './commit-config.ts'

// With the real git: only its folder is another one.

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'commit-config-'))
  for (const file of ['flake.nix', 'hosts/primer/disko-config.nix', 'hosts/primer/hardware-configuration.nix']) {
    put(file, '{ }\n')
  }
})
afterEach(() => rmSync(folder, { recursive: true }))

const elsewhere = (text: string) => text.replaceAll('/mnt/', `${folder}/mnt/`).replace(/^\/mnt$/, `${folder}/mnt`)
const lines: string[] = []

function put(file: string, content: string): void {
  const path = join(folder, 'mnt/etc/nixos', file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

/** This machine, with `folder` in place of /. */
function system(): System {
  lines.length = 0
  const local = createLocalSystem({
    log: createLog({ append: (line) => lines.push(line) }),
    environment: { PATH: process.env.PATH, HOME: folder },
  })
  return {
    ...local,
    query: (program, args, options) => local.query(program, args.map(elsewhere), options),
    run: (program, args, options) => local.run(program, args.map(elsewhere), options),
    exists: (path) => local.exists(elsewhere(path)),
    removeFile: (path) => local.removeFile(elsewhere(path)),
  }
}

async function git(...args: string[]): Promise<string> {
  return (await system().query('git', ['-C', '/mnt/etc/nixos', ...args])).stdout
}

test('the first commit holds every file, says which plan it is, and is by the installer', async () => {
  const context = taskContext(system())
  expect(await commitConfig.check(context)).toBe('todo')
  await commitConfig.run(context)
  expect(await commitConfig.verify(context)).toEqual([])
  expect(await commitConfig.check(context)).toBe('done')
  expect(await git('log', '--format=%an <%ae>|%cn <%ce>|%D|%B')).toBe(
    'Keystone installer <root@primer>|Keystone installer <root@primer>|HEAD -> main|' +
      'Install primer\n\nPlan f00d, version 2, for NixOS 26.05.\n\n',
  )
  expect((await git('ls-files')).trim().split('\n')).toEqual([
    'flake.nix',
    'hosts/primer/disko-config.nix',
    'hosts/primer/hardware-configuration.nix',
  ])
})

test('the versions that a build chose before it failed make nothing of it to do again, anything else does', async () => {
  const context = taskContext(system())
  await commitConfig.run(context)
  put('flake.lock', '{}\n')
  expect(await commitConfig.check(context)).toBe('done')
  expect(await commitConfig.verify(context)).toEqual([])
  put('flake.nix', '{ changed = true; }\n')
  expect(await commitConfig.check(context)).toBe('todo')
  expect((await commitConfig.verify(context)).map(({ code }) => code)).toEqual(['uncommitted'])
})

test('run again it commits what changed, and nothing when nothing did', async () => {
  const context = taskContext(system())
  await commitConfig.run(context)
  await commitConfig.run(context)
  expect((await git('log', '--oneline')).trim().split('\n')).toHaveLength(1)
  put('flake.nix', '{ changed = 1; }\n')
  rmSync(join(folder, 'mnt/etc/nixos/hosts/primer/disko-config.nix'))
  put('hosts/primer/disko-config.nix', '{ again = 1; }\n')
  expect((await commitConfig.verify(context)).map(({ code }) => code)).toEqual(['uncommitted', 'uncommitted'])
  await commitConfig.run(context)
  expect((await git('log', '--oneline')).trim().split('\n')).toHaveLength(2)
  expect(await commitConfig.verify(context)).toEqual([])
})

test('an install that was cut off in the middle of git leaves a lock, which is removed and told', async () => {
  const context = taskContext(system())
  await commitConfig.run(context)
  put('.git/index.lock', '')
  put('flake.nix', '{ changed = 1; }\n')
  await commitConfig.run(context)
  expect(context.logged).toEqual(['removing /mnt/etc/nixos/.git/index.lock, left by an install that did not end'])
  expect(await commitConfig.verify(context)).toEqual([])
})

test.each([
  ['an object', () => readdirSync(join(folder, 'mnt/etc/nixos/.git/objects')).filter((name) => name.length === 2)],
  ['its settings', () => null],
])('a repository that has lost %s in a power cut is made anew', async (_, directories) => {
  await commitConfig.run(taskContext(system()))
  const [directory] = directories() ?? []
  const file = directory === undefined ? 'config' : `objects/${directory}/${objectIn(directory)}`
  rmSync(join(folder, 'mnt/etc/nixos/.git', file))
  put(`.git/${file}`, directory === undefined ? '[core' : '')
  const context = taskContext(system(), { goesOn: true })
  await commitConfig.run(context)
  expect(context.logged).toEqual([
    'the git repository /mnt/etc/nixos was torn when the install was cut off; it is made anew',
  ])
  expect(await commitConfig.verify(context)).toEqual([])
  expect((await git('log', '--oneline')).trim().split('\n')).toHaveLength(1)
})

const objectIn = (directory: string) => readdirSync(join(folder, 'mnt/etc/nixos/.git/objects', directory))[0] ?? ''

test('a repository that is whole keeps its history when an install goes on, and loses every lock', async () => {
  await commitConfig.run(taskContext(system()))
  put('flake.nix', '{ changed = 1; }\n')
  for (const lock of ['index.lock', 'HEAD.lock', 'refs/heads/main.lock']) put(`.git/${lock}`, '')
  const context = taskContext(system(), { goesOn: true })
  await commitConfig.run(context)
  expect((await git('log', '--oneline')).trim().split('\n')).toHaveLength(2)
  expect(await commitConfig.verify(context)).toEqual([])
})

test('the settings, hooks and templates of the live system have no say', async () => {
  put('../../../template/hooks/pre-commit', '#!/bin/sh\nexit 1\n')
  chmodSync(join(folder, 'template/hooks/pre-commit'), 0o755)
  put('../../../.gitconfig', `[commit]\n\tgpgSign = true\n[init]\n\ttemplateDir = ${folder}/template\n`)
  const context = taskContext(system())
  await commitConfig.run(context)
  expect(await commitConfig.verify(context)).toEqual([])
  expect(await system().exists('/mnt/etc/nixos/.git/hooks')).toBe(false)
})

test('a file that git ignores is found: the flake would not see it', async () => {
  put('.gitignore', 'hosts\n')
  const context = taskContext(system())
  await commitConfig.run(context)
  expect((await commitConfig.verify(context)).map(({ code, message }) => [code, message])).toEqual([
    ['file-untracked', '/mnt/etc/nixos/hosts/primer/disko-config.nix is not in the git repository'],
    ['file-untracked', '/mnt/etc/nixos/hosts/primer/hardware-configuration.nix is not in the git repository'],
  ])
})

test('no repository and no commit are found', async () => {
  const context = taskContext(system())
  expect((await commitConfig.verify(context)).map(({ code }) => code)).toEqual(['repository-missing'])
  await system().run('git', ['init', '--quiet', '/mnt/etc/nixos'])
  expect((await commitConfig.verify(context)).map(({ code }) => code)).toEqual(['nothing-committed'])
})

test('the commands are these, and no secret is among them', async () => {
  const answers = { exitCode: 1 }
  const fake = fakeSystem({ commands: { 'git *': '', 'git -C /mnt/etc/nixos diff --cached --quiet': answers } })
  await commitConfig.run(taskContext(fake))
  expect(fake.runs()).toEqual([
    'git init --quiet --initial-branch=main --template= /mnt/etc/nixos',
    'git -C /mnt/etc/nixos add --all',
    "git -C /mnt/etc/nixos -c 'user.name=Keystone installer' -c user.email=root@primer commit --quiet " +
      "--message 'Install primer' --message 'Plan f00d, version 2, for NixOS 26.05.'",
  ])
})
