import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MEDIUM_VERSION_FILE } from '../src/model/paths.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const iso = join(root, 'iso')
const nixpkgs = join(root, 'e2e/lab/stand-ins/nixpkgs')

/** What iso/testing/evaluate.nix gives. */
type Image = {
  readonly label: string
  readonly contents: readonly { target: string; text: string }[]
  readonly file: string
  readonly kernelParams: readonly string[]
  readonly starts: readonly string[]
  readonly isOff: readonly string[]
  readonly sshStartsWith: readonly string[]
  readonly ssh: Readonly<Record<string, unknown>>
  readonly nix: Readonly<Record<string, unknown>>
  readonly memoryTest: boolean
  readonly autologin: string
  readonly hostId: string
  readonly onPath: readonly string[]
  readonly inStore: readonly string[]
  readonly keystone: string
  readonly units: string
  readonly packages: readonly string[]
  readonly checks: Readonly<Record<string, string>>
  readonly everything: true
}

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'iso-image-'))
  mkdirSync(join(folder, 'dist'))
  writeFileSync(join(folder, 'dist/keystone.mjs'), '')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let stages = 0
/** A staged folder, in which `change` may spoil a file. */
function stage(change: { file: string; from: string; to: string } | null = null): string {
  const path = join(folder, `stage-${stages++}`)
  const result = spawnSync(join(root, 'scripts/iso-stage.sh'), ['--bundle', join(folder, 'dist'), path])
  if (result.status !== 0) throw new Error(String(result.stderr))
  if (change !== null) {
    const text = readFileSync(join(path, change.file), 'utf8')
    if (!text.includes(change.from)) throw new Error(`${change.file} does not have ${change.from}`)
    writeFileSync(join(path, change.file), text.replace(change.from, change.to))
  }
  return path
}

/** The dummy store and the read-only mode keep Nix from writing anything to /nix. */
function nix(args: readonly string[]): { readonly value: unknown; readonly error: string } {
  const common = ['--eval', '--strict', '--json', '--readonly-mode', '--store', 'dummy://']
  const result = spawnSync('nix-instantiate', [...common, ...args], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (result.error) throw result.error
  return result.status === 0 ? { value: JSON.parse(result.stdout), error: '' } : { value: null, error: result.stderr }
}
function evaluate(staged: string) {
  const places = { libFolder: join(nixpkgs, 'lib'), nixos: nixpkgs, stage: staged }
  return nix([
    join(iso, 'testing/evaluate.nix'),
    ...Object.entries(places).flatMap(([name, path]) => ['--arg', name, path]),
  ])
}

test('every Nix file of the image parses', () => {
  const files = readdirSync(iso, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.nix'))
  expect(files).toContain('image.nix')
  const args = ['--parse', '--store', 'dummy://', ...files.map((name) => join(iso, name))]
  const { status, stderr } = spawnSync('nix-instantiate', args, { encoding: 'utf8' })
  expect(stderr.match(/^error:.*/m)).toBeNull()
  expect(status).toBe(0)
})

test('the image has the inputs of the machines that it installs, so that one lock file serves both', () => {
  const inputsOf = (file: string) => nix(['--expr', `(import ${file}).inputs`]).value
  const installed = join(root, 'src/testing/cases/default/rendered/etc/nixos/flake.nix')
  expect(inputsOf(join(iso, 'flake.nix'))).toEqual(inputsOf(installed))
})

describe('the evaluated image', () => {
  let image: Image
  beforeAll(() => {
    const { value, error } = evaluate(stage())
    if (error !== '') throw new Error(error)
    image = value as Image
  })

  test('every option exists and has its type, and nothing conflicts with the installation medium', () => {
    expect(image.everything).toBe(true)
  })

  test('its label fits ISO 9660, and the kernel line names it for the time after copytoram', () => {
    expect(image.label).toBe(`KEYSTONE_${version.replaceAll(/[^0-9]/g, '_')}`)
    expect(image.label).toMatch(/^[A-Z0-9_]{1,32}$/)
    expect(image.kernelParams).toContain(`keystone.medium=${image.label}`)
    expect(image.file).toBe(`keystone-${version}-x86_64`)
  })

  test('the wizard has two silent lines to itself, and root a shell on the second screen', () => {
    expect(image.starts).toEqual([
      'keystone-answers.service',
      'keystone-ssh.service',
      'keystone-unattended.service',
      'keystone@tty1.service',
      'keystone@ttyS0.service',
      'getty@tty2.service',
    ])
    expect(image.isOff).toEqual(['autovt@tty1', 'getty@tty1', 'serial-getty@ttyS0'])
    expect(image.kernelParams.filter((word) => word.startsWith('console='))).toEqual([
      'console=ttyS0,115200',
      'console=tty1',
    ])
    expect(image.kernelParams).toEqual(
      expect.arrayContaining(['quiet', 'systemd.show_status=false', 'rd.udev.log_level=3']),
    )
    expect(image.autologin).toBe('root')
  })

  test('every unit that starts, and every program of a unit, is a file in iso/units', () => {
    const files = readdirSync(join(iso, 'units'))
    for (const unit of image.starts.filter((name) => name.startsWith('keystone'))) {
      expect(files).toContain(unit.replace(/@.*\./, '@.'))
    }
    const programs = files.filter((name) => /^keystone-[a-z]+$/.test(name)).map((name) => name.replace('keystone-', ''))
    const [, installed = ''] = /for program in (.*); do/.exec(image.units) ?? []
    expect(installed.split(' ').toSorted()).toEqual(programs.toSorted())
  })

  test('ssh is there, does not start by itself, and lets nobody in without a password', () => {
    expect(image.sshStartsWith).toEqual([])
    expect(image.ssh).toEqual({
      AllowUsers: ['root'],
      PasswordAuthentication: true,
      PermitEmptyPasswords: false,
      PermitRootLogin: 'yes',
    })
  })

  test('every program that the installer calls is in its PATH and in that of the shell', () => {
    const list = JSON.parse(readFileSync(join(iso, 'programs.json'), 'utf8')) as Record<string, { nixpkgs: string }>
    const instead: Readonly<Record<string, string>> = {
      disko: 'the-pinned-disko',
      nix: 'the-running-nix',
      systemd: 'the-running-systemd',
      zfs: 'the-running-zfs',
    }
    expect(Object.keys(list).length).toBeGreaterThan(20)
    for (const { nixpkgs: name } of Object.values(list)) {
      const expected = instead[name] ?? name
      expect(image.keystone).toContain(`/nix/store/x-${expected}/bin`)
      expect(image.onPath).toContain(expected)
    }
    expect(image.keystone).toContain('makeWrapper /nix/store/x-nodejs_24/bin/')
    expect(image.onPath).toEqual(expect.arrayContaining([`keystone-${version}`, 'keystone-units', 'openssh', 'shadow']))
  })

  test('what an installation needs is on it: sources of all inputs, systems, and what builds the rest', () => {
    const sources = ['nixpkgs', 'disko', 'lanzaboote', 'crane'].map((name) => `/nix/store/source-of-${name}`)
    const system = '/nix/store/x-installed-toplevel'
    const builders = ['toplevel', 'etc', 'initialRamdisk', 'path', 'destroyFormatMount', 'fstab'].map(
      (name) => `/nix/store/x-inputs-of-installed-${name}`,
    )
    expect(image.inStore).toEqual(
      expect.arrayContaining([...sources, system, '/nix/store/x-installed-extended-toplevel', ...builders]),
    )
    expect(image.nix).toEqual({
      'experimental-features': ['nix-command', 'flakes'],
      'flake-registry': '',
    })
  })

  test('the medium says which version it is, for `keystone iso inspect`', () => {
    expect(image.contents).toEqual([{ target: `/${MEDIUM_VERSION_FILE}`, text: `${version}\n` }])
  })

  test('the memory test is in the menu and on the image; the host id is nobody else’s', () => {
    expect(image.memoryTest).toBe(true)
    expect(image.hostId).toMatch(/^[0-9a-f]{8}$/)
  })

  test('nix flake check looks at the image and at every rendered example', () => {
    const cases = join(root, 'src/testing/cases')
    const rendered = readdirSync(cases).filter((name) => readdirSync(join(cases, name)).includes('rendered'))
    expect(Object.keys(image.checks)).toEqual(
      [...rendered.map((name) => `case-${name}`), 'formatted', 'iso', 'parses', 'starts'].toSorted(),
    )
    expect(image.checks['case-default']).toBe('/nix/store/x-installed-toplevel.drv')
    expect(image.packages).toEqual(['default', 'iso', 'keystone', 'offline-closure'])
  })
})

describe('an image that is wrong is refused', () => {
  test.each([
    ['a misspelt option', 'image.nix', 'volumeID =', 'volumeId =', /isoImage\.volumeId' does not exist/],
    ['a wrong type', 'console.nix', 'initrd.verbose = false', 'initrd.verbose = 0', /initrd\.verbose' is not of type/],
    [
      'a conflict with the medium',
      'image.nix',
      'lib.mkForce "keystone-',
      '"keystone-',
      /image\.baseName' .*conflicting/s,
    ],
    ['a package that is not known', 'tools.nix', 'pkgs.dosfstools', 'pkgs.dosfstoolz', /dosfstoolz/],
  ])('%s', (_name, file, from, to, message) => {
    const { error } = evaluate(stage({ file, from, to }))
    expect(error).toMatch(message)
  })

  test('without what the scripts stage, it says which scripts do', () => {
    const staged = stage()
    rmSync(join(staged, 'bundle'), { recursive: true })
    expect(evaluate(staged).error).toContain(
      'bundle is not here: scripts/build-iso.sh and scripts/flake-check.sh put it',
    )
  })
})
