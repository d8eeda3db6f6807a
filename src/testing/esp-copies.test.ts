import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { evaluate, nixString } from '../../e2e/lab/stand-ins/lib/evaluate.ts'
import type { System } from '../../e2e/lab/stand-ins/lib/system.ts'
import { hasNix, NIX_REASON } from './nix.ts'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const flake = path('cases/mirror-zfs-static/rendered/etc/nixos')
const library = path('../../e2e/lab/stand-ins/lib/system.nix')

const works = (program: string, args: string[]) => spawnSync(program, args).status === 0
const inNamespace = ['--user', '--map-root-user', '--mount', '--propagation', 'private']
const lacking = [
  hasNix ? '' : NIX_REASON,
  works('unshare', [...inNamespace, 'true']) ? '' : 'this kernel gives no mount namespace to this user',
].filter((word) => word !== '')

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'keystone-esp-'))
  for (const folder of ['one', 'two', 'boot', 'boot2']) mkdirSync(join(root, folder))
})
afterEach(() => rmSync(root, { recursive: true }))

const write = (file: string, content: string) => {
  mkdirSync(join(root, file, '..'), { recursive: true })
  writeFileSync(join(root, file), content)
}
const tree = (folder: string) =>
  Object.fromEntries(
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true, encoding: 'utf8' })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(join(root, folder).length + 1), readFileSync(file, 'utf8')])
      .sort(),
  )

/** Runs what the rendered configuration adds to the boot loader's installation; `one` and `two` are the disks' ESPs. */
function install(
  commands: string,
  mounted: readonly ('boot' | 'boot2')[],
  firmware: 'takes it' | 'is full' = 'takes it',
) {
  // bootctl looks for a real ESP and a real firmware.
  const bootctl = `bootctl() { echo "$*" >>${root}/asked; ${firmware === 'takes it' ? 'true' : 'false'}; }`
  const mounts = mounted.map((at) => `mount --bind ${root}/${at === 'boot' ? 'one' : 'two'} ${root}/${at}`)
  const here = commands.replaceAll('/usr/bin/bootctl', 'bootctl').replaceAll('/boot', `${root}/boot`)
  const script = ['set -e', bootctl, ...mounts, here].join('\n')
  const { status, stderr } = spawnSync('unshare', [...inNamespace, 'bash', '-c', script], { encoding: 'utf8' })
  return { status, said: stderr.replaceAll(root, '') }
}

describe.skipIf(lacking.length > 0)(`the ESPs of a mirror ${lacking.length > 0 ? `(skipped: ${lacking})` : ''}`, () => {
  const read = () =>
    (evaluate(`import ${nixString(library)} { flake = ${nixString(flake)}; host = "cellar"; }`) as System).loader[
      'systemd-boot'
    ].extraInstallCommands

  test('stay in step: what a new generation brings and what an old one leaves behind', () => {
    const commands = read()
    write('one/EFI/systemd/systemd-bootx64.efi', 'loader')
    write('one/EFI/nixos/kernel-1.efi', 'first')
    write('one/loader/entries/nixos-generation-1.conf', 'one')
    expect(install(commands, ['boot', 'boot2'])).toEqual({ status: 0, said: '' })
    expect(tree('two')).toEqual(tree('one'))
    expect(Object.keys(tree('two'))).toHaveLength(3)

    write('one/EFI/nixos/kernel-2.efi', 'second')
    write('one/loader/entries/nixos-generation-2.conf', 'two')
    // As after a roll-back: what is right now is the older file.
    write('one/loader/loader.conf', 'default 2')
    write('two/loader/loader.conf', 'default 3')
    // Each disk's own: the same seed on two disks would be used twice.
    write('one/loader/random-seed', 'seed of one')
    write('two/loader/random-seed', 'seed of two')
    utimesSync(join(root, 'one/loader/loader.conf'), 1000, 1000)
    for (const gone of ['EFI/nixos/kernel-1.efi', 'loader/entries/nixos-generation-1.conf'])
      rmSync(join(root, 'one', gone))
    expect(install(commands, ['boot', 'boot2'])).toEqual({ status: 0, said: '' })
    expect(tree('two')).toEqual({
      'EFI/nixos/kernel-2.efi': 'second',
      'EFI/systemd/systemd-bootx64.efi': 'loader',
      'loader/entries/nixos-generation-2.conf': 'two',
      'loader/loader.conf': 'default 2',
      'loader/random-seed': 'seed of two',
    })
  })

  test('the firmware is given an entry for the second disk, behind the first; one that takes none stops nothing', () => {
    const commands = read()
    write('one/EFI/systemd/systemd-bootx64.efi', 'loader')
    expect(install(commands, ['boot', 'boot2'])).toEqual({ status: 0, said: '' })
    // `update`, because `install` would put the copy in front of the others.
    expect(readFileSync(join(root, 'asked'), 'utf8').replaceAll(root, '')).toBe(
      'update --graceful --esp-path=/boot2 --efi-boot-option-description=Linux Boot Manager (/boot2)\n',
    )
    const full = install(commands, ['boot', 'boot2'], 'is full')
    expect(full).toEqual({ status: 0, said: '/boot2 has no entry in the firmware\n' })
    expect(tree('two')).toEqual(tree('one'))
  })

  test('a disk that is missing stops no rebuild, and a missing first one never empties the other', () => {
    const commands = read()
    write('one/EFI/nixos/kernel-1.efi', 'first')
    write('two/EFI/nixos/kernel-0.efi', 'the last good one')
    const withoutSecond = install(commands, ['boot'])
    expect(withoutSecond.status).toBe(0)
    expect(withoutSecond.said).toContain('/boot2 is not mounted')
    expect(existsSync(join(root, 'asked'))).toBe(false)
    expect(tree('boot2')).toEqual({})

    const withoutFirst = install(commands, ['boot2'])
    expect(withoutFirst.status).toBe(1)
    expect(withoutFirst.said).toContain('/boot is not mounted')
    expect(tree('two')).toEqual({ 'EFI/nixos/kernel-0.efi': 'the last good one' })
  })
})
