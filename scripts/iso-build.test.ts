import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'iso-build-'))
  mkdirSync(join(folder, 'bin'))
  mkdirSync(join(folder, 'dist/templates/etc/nixos'), { recursive: true })
  writeFileSync(join(folder, 'dist/keystone.mjs'), '')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** `PATH` is only our folder, with what the scripts use before they look for Nix. */
function script(name: string, args: readonly string[] = [], nixSays?: string) {
  for (const tool of ['bash', 'env', 'dirname']) {
    const found = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim()
    if (!existsSync(join(folder, 'bin', tool))) symlinkSync(found, join(folder, 'bin', tool))
  }
  if (nixSays !== undefined) {
    writeFileSync(join(folder, 'bin/nix'), `#!${join(folder, 'bin/bash')}\necho '${nixSays}'\n`)
    chmodSync(join(folder, 'bin/nix'), 0o755)
  }
  const { status, stdout, stderr } = spawnSync(join(root, 'scripts', name), args, {
    encoding: 'utf8',
    env: { PATH: join(folder, 'bin') },
  })
  return { status, stdout, stderr }
}

describe.each(['build-iso.sh', 'flake-check.sh', 'iso-offline-check.sh'])('%s', (name) => {
  const help = [
    '  install Nix 2.18 or newer: https://nixos.org/download',
    '  npm run try shows the whole installation in a virtual machine, without an ISO',
    '',
  ]

  test('says what to install when Nix is missing, before it does anything', () => {
    expect(script(name)).toEqual({
      status: 3,
      stdout: '',
      stderr: [`${name}: the program 'nix' is missing here; it builds the live image`, ...help].join('\n'),
    })
  })

  test.each([
    ['nix (Nix) 2.8.0', 'Nix 2.8.0 is too old for this'],
    ['nix (Nix) 1.11.16', 'Nix 1.11.16 is too old for this'],
    ['nix, of a kind', 'the version of Nix is not clear: nix, of a kind'],
  ])('refuses %s', (said, sentence) => {
    expect(script(name, [], said)).toEqual({
      status: 3,
      stdout: '',
      stderr: [`${name}: ${sentence}`, ...help].join('\n'),
    })
  })

  test('shows its usage, and refuses what it does not know', () => {
    expect(script(name, ['--help'])).toMatchObject({ status: 0, stderr: '' })
    expect(script(name, ['--no-such-option']).status).toBe(2)
  })
})

describe('the staged folder', () => {
  const stage = () => join(folder, 'stage')
  const staging = (...args: string[]) =>
    spawnSync(
      join(root, 'scripts/build-iso.sh'),
      ['--stage-only', stage(), '--bundle', join(folder, 'dist'), ...args],
      {
        encoding: 'utf8',
      },
    )

  test('holds the flake, the bundle, the version and every rendered example; no tests', () => {
    expect(staging()).toMatchObject({ status: 0, stderr: '' })
    const found = readdirSync(stage())
    expect(found).toEqual(
      expect.arrayContaining(['flake.nix', 'image.nix', 'programs.json', 'units', 'bundle', 'cases', 'version']),
    )
    expect(found).not.toContain('testing')
    expect(readFileSync(join(stage(), 'version'), 'utf8')).toBe(
      `${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}\n`,
    )
    const cases = join(root, 'src/testing/cases')
    const good = readdirSync(cases).filter((name) => existsSync(join(cases, name, 'rendered')))
    expect(readdirSync(join(stage(), 'cases'))).toEqual(good)
    for (const name of good) expect(existsSync(join(stage(), 'cases', name, 'etc/nixos/flake.nix'))).toBe(true)
  })

  test('can be read by everybody, as the Nix store wants it, and programs stay programs', () => {
    chmodSync(join(folder, 'dist'), 0o700)
    staging()
    const mode = (path: string) => statSync(join(stage(), path)).mode & 0o777
    expect([mode('bundle'), mode('flake.nix'), mode('units/keystone-ssh')]).toEqual([0o755, 0o644, 0o755])
  })

  test('is never made over what is there, nor from a bundle that is none', () => {
    mkdirSync(stage())
    writeFileSync(join(stage(), 'mine'), '')
    expect(staging()).toMatchObject({ status: 2, stderr: expect.stringContaining('is not empty') })
    expect(readdirSync(stage())).toEqual(['mine'])
    rmSync(stage(), { recursive: true })
    rmSync(join(folder, 'dist/keystone.mjs'))
    expect(staging()).toMatchObject({ status: 2, stderr: expect.stringContaining('there is no bundle in') })
  })
})
