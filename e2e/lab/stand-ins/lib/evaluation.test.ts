import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
    })

    test.each([
      [
        'an option that does not exist',
        'configuration.nix',
        'time.timeZone',
        'time.timezone',
        "The option `time.timezone' does not exist",
      ],
      [
        'a value of the wrong type',
        'configuration.nix',
        'mutableUsers = false',
        'mutableUsers = "no"',
        "`users.mutableUsers' is not of type `boolean'",
      ],
      [
        'two values of one option',
        'modules/keystone/primer.nix',
        'systemd.services',
        'time.timeZone = "CET"; systemd.services',
        "The option `time.timeZone' has conflicting definition values",
      ],
      ['a package that the target has not', 'configuration.nix', 'pkgs.jq', 'pkgs.emacs', "attribute 'emacs' missing"],
      ['no boot loader', 'configuration.nix', 'enable = true;', 'enable = false;', 'systemd-boot only'],
      [
        'a host id that is none',
        'configuration.nix',
        'hostId = "',
        'hostId = "x',
        'Invalid value given to the networking.hostId option',
      ],
      ['another release', 'flake.nix', 'nixos-26.05', 'nixos-unstable', 'nixpkgs must be the release 26.05'],
      [
        'the stock import unit left on',
        'modules/keystone/storage.nix',
        '.enable = false;',
        '.enable = true;',
        'would import the pool behind ours',
      ],
      [
        'an import that is not there',
        'configuration.nix',
        './modules/keystone/primer.nix',
        './modules/keystone/gone.nix',
        'gone.nix',
      ],
    ])('refuses %s', (_name, file, from, to, message) => {
      edit(file, from, to)
      expect(() => read()).toThrow(message)
    })

    test('refuses a host that the flake does not have', () => {
      expect(() => read('other')).toThrow('does not provide attribute')
    })

    test('mkForce wins over what others say, mkDefault gives way', () => {
      edit('configuration.nix', 'time.timeZone = "UTC";', 'time.timeZone = "UTC"; boot.loader.timeout = 3;')
      edit(
        'hardware-configuration.nix',
        'nixpkgs.hostPlatform',
        'boot.loader.timeout = lib.mkForce 7; nixpkgs.hostPlatform',
      )
      expect(read().loader.timeout).toBe(7)
      edit('hardware-configuration.nix', 'mkForce 7', 'mkDefault 7')
      expect(read().loader.timeout).toBe(3)
    })
  },
)
