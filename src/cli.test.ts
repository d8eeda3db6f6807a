import { spawnSync } from 'node:child_process'
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const CLI = new URL('cli.ts', import.meta.url).pathname
const TREE = new URL('..', import.meta.url).pathname
const CASE = new URL('testing/cases/default/answers.yaml', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'keystone-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

// The phase scripts of the tree may change; these do not.
const assets = join(folder, 'assets')
mkdirSync(join(assets, 'phases'), { recursive: true })
writeFileSync(join(assets, 'phases/first-boot'), '#!/bin/sh\n')
cpSync(join(TREE, 'templates'), join(assets, 'templates'), { recursive: true })

function keystone(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    encoding: 'utf8',
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '' },
  })
  return { code: status, stdout, stderr }
}

test('--help is one screen of 80x24', () => {
  const { code, stdout } = keystone('--help')
  const lines = stdout.trimEnd().split('\n')
  expect(code).toBe(0)
  expect(lines.length).toBeLessThanOrEqual(24)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
})

test('output that could not be written is exit 4, not a file that looks whole', () => {
  const full = openSync('/dev/full', 'w')
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'schema'], {
    encoding: 'utf8',
    stdio: ['ignore', full, 'pipe'],
  })
  closeSync(full)
  expect(status).toBe(4)
  expect(stderr).toContain('keystone: the output could not be written: ENOSPC')
})

test('an option it does not have is exit 2, with where to look', () => {
  expect(keystone('--frobnicate')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'keystone: there is no option --frobnicate\nkeystone --help shows what there is\n',
  })
})

test('the wizard without a terminal is exit 2 and names the way without', () => {
  const { code, stderr } = keystone()
  expect(code).toBe(2)
  expect(stderr).toContain('keystone install --answers FILE')
})

test('check: a good file is exit 0, a bad one exit 2 with line and column', () => {
  expect(keystone('check', CASE)).toEqual({ code: 0, stdout: 'answers.yaml: no problems found\n', stderr: '' })
  const bad = new URL('testing/cases/hostname-with-dot/answers.yaml', import.meta.url).pathname
  const { code, stderr } = keystone('check', bad)
  expect(code).toBe(2)
  expect(stderr).toMatch(/^answers\.yaml:\d+:\d+ {2}identity\.hostName {2}/)
})

test('check --unattended: a file that confirms nothing is exit 2', () => {
  expect(keystone('check', '--unattended', CASE).code).toBe(0)
  writeFileSync(join(folder, 'asks.yaml'), readFileSync(CASE, 'utf8').replace(/confirm:[^#]*/, ''))
  expect(keystone('check', 'asks.yaml').code).toBe(0)
  const { code, stderr } = keystone('check', 'asks.yaml', '--unattended')
  expect(code).toBe(2)
  expect(stderr).toContain('nobody has confirmed that the disks may be erased')
})

test('iso inspect takes a path from where it was started, and what is no ISO is exit 2', () => {
  writeFileSync(join(folder, 'no.iso'), 'text')
  expect(keystone('iso', 'inspect', 'no.iso')).toEqual({
    code: 2,
    stdout: '',
    stderr: `keystone: ${join(folder, 'no.iso')} is no ISO image\n  - give the .iso file itself\n`,
  })
})

test('a file that is not there is exit 2', () => {
  const { code, stderr } = keystone('check', 'nowhere.yaml')
  expect(code).toBe(2)
  expect(stderr).toContain('there is no answer file')
})

test('plan --json gives the plan and no secret', () => {
  const { code, stdout } = keystone('plan', '--answers', CASE, '--machine', 'two-virtio-uefi-tpm', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ version: 2, hostName: 'primer', storage: { layout: 'single-zfs' } })
  expect(stdout).not.toContain('keystone demo passphrase')
})

test('a machine that no answer can put right is exit 3', () => {
  const recorded = new URL('testing/machines/two-virtio-uefi-tpm/hardware.json', import.meta.url)
  const machine = { ...JSON.parse(readFileSync(recorded, 'utf8')), firmware: 'bios' }
  writeFileSync(join(folder, 'bios.json'), JSON.stringify(machine))
  const { code, stderr } = keystone('plan', '--answers', CASE, '--machine', 'bios.json')
  expect(code).toBe(3)
  expect(stderr).toMatch(/^this machine {2}hardware\.firmware {2}/)
})

test('render writes the configuration, with secrets from files beside the answers', () => {
  const text = readFileSync(CASE, 'utf8').replace(/passphrase: .*/, 'passphraseFile: pass.txt')
  writeFileSync(join(folder, 'answers.yaml'), text)
  writeFileSync(join(folder, 'pass.txt'), 'keystone demo passphrase\n')
  const args = ['--answers', join(folder, 'answers.yaml'), '--out', 'rendered', '--machine', 'two-virtio-uefi-tpm']
  const { code, stderr } = keystone('render', ...args)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(readFileSync(join(folder, 'rendered/etc/nixos/hosts/primer/configuration.nix'), 'utf8')).toContain('"primer"')
})

test('a dry run writes what would be done, and no secret', () => {
  const { code, stdout, stderr } = keystoneWithAssets(
    ...['install', '--answers', CASE, '--machine', 'two-virtio-uefi-tpm', '--dry-run', '--out', 'dry'],
  )
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(stdout).toBe(`nothing was changed; ${join(folder, 'dry')} shows what would be\n`)
  expect(readdirSync(join(folder, 'dry')).sort()).toEqual(['answers.yaml', 'commands.txt', 'plan.json', 'rendered'])
  const written = readdirSync(join(folder, 'dry'), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))
    .join('\n')
  expect(written).toContain('disko --mode destroy,format,mount')
  expect(written).not.toContain('keystone demo passphrase')
  expect(written).not.toContain('keystone-demo\n')
})

function keystoneWithAssets(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    encoding: 'utf8',
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', KEYSTONE_ASSETS: assets },
  })
  return { code: status, stdout, stderr }
}

test('a fault of ours while something runs is told, and is exit 70', () => {
  const preload = join(folder, 'fault.mjs')
  // As soon as there is somebody to hear it: long before the command has loaded what it needs.
  writeFileSync(
    preload,
    `const timer = setInterval(() => {
      if (process.listenerCount('uncaughtException') === 0) return
      clearInterval(timer)
      throw new Error('a planted fault')
    }, 1)
`,
  )
  const { status, stderr } = spawnSync(process.execPath, ['--import', preload, CLI, 'plan', '--answers', CASE], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '' },
  })
  expect(status).toBe(70)
  expect(stderr).toContain('a planted fault')
})
