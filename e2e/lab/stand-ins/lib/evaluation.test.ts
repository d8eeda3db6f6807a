import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { evaluate, nixString } from './evaluate.ts'
import type { System } from './system.ts'

const hasNix = spawnSync('nix-instantiate', ['--version']).status === 0
const CASE = fileURLToPath(
  new URL('../../../../src/testing/cases/mirror-zfs-static/rendered/etc/nixos', import.meta.url),
)
const HOST = 'cellar'

let flake: string
beforeEach(() => {
  flake = mkdtempSync(join(tmpdir(), 'keystone-flake-'))
  cpSync(CASE, flake, { recursive: true })
})
afterEach(() => rmSync(flake, { recursive: true }))

function read(host = HOST): System {
  const library = fileURLToPath(new URL('system.nix', import.meta.url))
  return evaluate(`import ${nixString(library)} { flake = ${nixString(flake)}; host = ${nixString(host)}; }`) as System
}

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(join(flake, file), 'utf8')
  expect(text).toContain(from)
  writeFileSync(join(flake, file), text.replace(from, to))
}

describe.skipIf(!hasNix)(
  `with the real evaluator (${hasNix ? 'nix-instantiate is here' : 'skipped: nix-instantiate is not installed'})`,
  () => {
    test('a rendered flake gives mounts, LUKS devices and units', () => {
      const system = read()
      expect(system.networking.hostName).toBe(HOST)
      expect(Object.keys(system.fileSystems)).toEqual([
        '/',
        '/boot',
        '/boot2',
        '/nix',
        '/var',
        '/var/lib/etcd',
        '/var/lib/kubernetes',
      ])
      expect(system.fileSystems['/var']).toMatchObject({ device: 'rpool/crypt/var', neededForBoot: true })
      expect(system.luksDevices.credstore?.device).toBe('/dev/zvol/rpool/credstore')
      expect(system.initrdServices['zfs-import-rpool']).toEqual({ enable: false })
      expect(system.initrdServices['keystone-load-key']?.requiredBy).toEqual(['sysroot.mount'])
      expect(Object.keys(system.users.users)).toHaveLength(1)
      expect(system.warnings).toEqual([])
    })

    test.each([
      // NixOS takes `randomEncryption = false`, its default, for a set.
      ['xfs-hibernation', 'swap file', [{ device: '/swapfile', randomEncryption: { enable: false } }]],
      // No stock unit imports the data pool in the initrd, so none has to be turned off there.
      ['xfs-data-pool', 'pool beside XFS', [{ randomEncryption: { enable: true } }]],
    ])('a root without ZFS, case %s: %s', (name, _, swapDevices) => {
      const folder = fileURLToPath(new URL(`../../../../src/testing/cases/${name}/rendered/etc/nixos`, import.meta.url))
      cpSync(folder, flake, { recursive: true })
      const [host = ''] = readdirSync(join(folder, 'hosts'))
      const system = read(host)
      expect(system.swapDevices).toMatchObject(swapDevices)
      expect(system.fileSystems['/']?.fsType).toBe('xfs')
    })

    test('snapshots, compressed swap and files in /etc come with it', () => {
      const system = read()
      expect(system.sanoid).toMatchObject({
        interval: 'hourly',
        templates: { keystone: { hourly: 24, daily: 7, weekly: 4, monthly: 12, autosnap: true } },
        datasets: { 'rpool/crypt/var': { useTemplate: ['keystone'] } },
      })
      expect(system.zramSwap).toEqual({ enable: true, algorithm: 'zstd', memoryPercent: 50, priority: 5 })
      expect(system.environment.etc['keystone/cluster.json']).toMatchObject({ mode: 'symlink' })
      expect(system.timers).toEqual({})
    })

    test.each([
      [
        'an option that does not exist',
        'modules/keystone/default.nix',
        'configurationLimit',
        'configurationLimits',
        "The option `boot.loader.systemd-boot.configurationLimits' does not exist",
      ],
      [
        'a value of the wrong type',
        'modules/keystone/access.nix',
        'mutableUsers = false',
        'mutableUsers = "no"',
        "`users.mutableUsers' is not of type `boolean'",
      ],
      [
        'a package that the target has not',
        'modules/keystone/default.nix',
        'pkgs.jq',
        'pkgs.emacs',
        "attribute 'emacs' missing",
      ],
      ['no boot loader', 'modules/keystone/default.nix', 'enable = true;', 'enable = false;', 'systemd-boot only'],
      ['another release', 'flake.nix', 'nixos-26.05', 'nixos-unstable', 'nixpkgs must be the release 26.05'],
      [
        'an input that the lab has not',
        'flake.nix',
        '    lanzaboote = {',
        '    other.url = "x";\n    lanzaboote = {',
        "cannot fetch input 'other'",
      ],
      [
        'the stock import unit left on',
        'modules/keystone/unlock.nix',
        '.enable = false;',
        '.enable = true;',
        'would import the pool behind ours',
      ],
      ['an import that is not there', 'modules/keystone/default.nix', './primer.nix', './gone.nix', 'gone.nix'],
      [
        'a file in /etc that is no text',
        'modules/keystone/default.nix',
        'environment.systemPackages',
        'environment.etc.other.source = "/dev/null"; environment.systemPackages',
        'the lab lays down texts only',
      ],
    ])('refuses %s', (_name, file, from, to, message) => {
      edit(file, from, to)
      expect(() => read()).toThrow(message)
    })

    test('refuses a host that the flake does not have', () => {
      expect(() => read('other')).toThrow('does not provide attribute')
    })

    test('mkForce wins over what others say, mkDefault gives way', () => {
      const hardware = `hosts/${HOST}/hardware-configuration.nix`
      edit('modules/keystone/default.nix', 'efi.canTouch', 'timeout = 3; efi.canTouch')
      edit(hardware, 'nixpkgs.hostPlatform', 'boot.loader.timeout = lib.mkForce 7; nixpkgs.hostPlatform')
      expect(read().loader.timeout).toBe(7)
      edit(hardware, 'mkForce 7', 'mkDefault 7')
      expect(read().loader.timeout).toBe(3)
    })
  },
)
