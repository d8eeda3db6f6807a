import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

// The script is staged on machines from its folder as it lies there, so its test lies outside.
const script = fileURLToPath(new URL('phases/first-boot', import.meta.url))
const hasJq = spawnSync('jq', ['--version']).status === 0

let folder: string
let esp: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'first-boot-'))
  esp = join(folder, 'boot')
  mkdirSync(join(esp, 'EFI/BOOT'), { recursive: true })
  chmodSync(esp, 0o700)
  writeFileSync(join(esp, 'EFI/BOOT/BOOTX64.EFI'), 'loader')
  install({})
  unlock({ passphraseAsked: false })
  // The machine as the phase sees it: recorded answers of the programs it asks.
  program('cryptsetup', `case "$1" in luksDump) echo '{"tokens":{"0":{"type":"systemd-tpm2"}}}' ;; *) exit 4 ;; esac`)
  program('findmnt', 'echo vfat')
  program('zpool', 'echo ONLINE')
  program('zfs', 'printf "aes-256-gcm\\navailable\\nrpool/crypt\\n"')
  program('uname', 'echo primer')
  program('journalctl', ':')
})
afterEach(() => rmSync(folder, { recursive: true }))

function program(name: string, body: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
}

function install(facts: object): void {
  const all = {
    planHash: 'abc',
    layout: 'single-zfs',
    luksDevice: '/dev/zvol/rpool/credstore',
    luksName: 'credstore',
    pool: 'rpool',
    tpmUnlock: true,
    espMountpoints: [esp],
    hostName: 'primer',
  }
  writeFileSync(join(folder, 'install.json'), JSON.stringify({ ...all, ...facts }))
}

function unlock(report: object): void {
  writeFileSync(join(folder, 'unlock.json'), JSON.stringify(report))
}

function phase(verb: string) {
  const { status, stdout, stderr } = spawnSync('bash', [script, verb], {
    encoding: 'utf8',
    env: {
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      KEYSTONE_STATE: join(folder, 'state'),
      KEYSTONE_INSTALL: join(folder, 'install.json'),
      KEYSTONE_UNLOCK_REPORT: join(folder, 'unlock.json'),
    },
  })
  return { status, stdout, stderr }
}

type Check = { name: string; ok: boolean; found: string; expected: string }
const result = () =>
  JSON.parse(readFileSync(join(folder, 'state/first-boot.json'), 'utf8')) as {
    phase: string
    ok: boolean
    at: string
    unlockedBy: string
    checks: Check[]
  }

describe.skipIf(!hasJq)(`phase first-boot (${hasJq ? 'jq is here' : 'skipped: jq is not installed'})`, () => {
  test('a machine as it should be: all checks are right, exit code 0', () => {
    expect(phase('run')).toMatchObject({ status: 0, stderr: '' })
    expect(result()).toMatchObject({ phase: 'first-boot', ok: true, unlockedBy: 'tpm2' })
    expect(result().checks.map(({ name }) => name)).toEqual([
      'unlocked-by',
      'tpm-enrolment',
      'host-name',
      `esp ${esp}`,
      'pool-health',
      'encryption',
      'credstore',
    ])
    expect(result().at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  test('a passphrase that was asked for on a machine with TPM is told', () => {
    unlock({ passphraseAsked: true })
    expect(phase('run')).toMatchObject({
      status: 1,
      stderr: 'first-boot: unlocked-by is passphrase, should be tpm2\n',
    })
    expect(result()).toMatchObject({ ok: false, unlockedBy: 'passphrase' })
  })

  test('without TPM the passphrase is what is expected', () => {
    install({ tpmUnlock: false })
    unlock({ passphraseAsked: true })
    program('cryptsetup', `case "$1" in luksDump) echo '{"tokens":{}}' ;; *) exit 4 ;; esac`)
    expect(phase('run').status).toBe(0)
  })

  test('without the report of the initrd the journal is asked, by the id of the message', () => {
    rmSync(join(folder, 'unlock.json'))
    const asks = (unit: string) =>
      program(
        'journalctl',
        `case "$*" in *MESSAGE_ID=39f53479d3a045ac8e11786248231fbf*UNIT=${unit}*) echo '{}' ;; esac`,
      )
    asks('systemd-ask-password-console.service')
    phase('run')
    expect(result().unlockedBy).toBe('passphrase')
    asks('systemd-cryptsetup@credstore.service')
    phase('run')
    expect(result().unlockedBy).toBe('tpm2')
    program('journalctl', ':')
    phase('run')
    expect(result().unlockedBy).toBe('unknown')
  })

  test.each<[string, () => void, string, string]>([
    ['a degraded pool', () => program('zpool', 'echo DEGRADED'), 'pool-health', 'DEGRADED'],
    ['no pool', () => program('zpool', 'exit 1'), 'pool-health', 'missing'],
    [
      'a key that is not loaded',
      () => program('zfs', 'printf "aes-256-gcm\\nunavailable\\nrpool/crypt\\n"'),
      'encryption',
      'aes-256-gcm unavailable rpool/crypt',
    ],
    [
      'an open credstore',
      () => program('cryptsetup', `case "$1" in luksDump) echo '{"tokens":{"0":{"type":"systemd-tpm2"}}}' ;; esac`),
      'credstore',
      'open',
    ],
    ['another host name', () => program('uname', 'echo nixos'), 'host-name', 'nixos'],
    ['a LUKS header that cannot be read', () => program('cryptsetup', 'exit 1'), 'tpm-enrolment', '0'],
  ])('finds %s', (_name, breakIt, check, found) => {
    breakIt()
    expect(phase('run').status).toBe(1)
    expect(result().checks.find(({ name }) => name === check)).toMatchObject({ ok: false, found })
  })

  test('finds an ESP that others can read, that has no loader, that is not mounted', () => {
    const state = () => result().checks.find(({ name }) => name.startsWith('esp'))?.found
    chmodSync(esp, 0o755)
    phase('run')
    expect(state()).toBe('boot loader, mode 0755')
    rmSync(join(esp, 'EFI'), { recursive: true })
    phase('run')
    expect(state()).toBe('no boot loader')
    program('findmnt', 'exit 1')
    phase('run')
    expect(state()).toBe('not mounted')
  })

  test('ext4 has no pool and no credstore to look at', () => {
    install({ layout: 'single-ext4', pool: null, luksName: 'cryptroot' })
    expect(phase('run').status).toBe(0)
    expect(result().checks.map(({ name }) => name)).toEqual(['unlocked-by', 'tpm-enrolment', 'host-name', `esp ${esp}`])
  })

  test('check, verify and undo', () => {
    expect(phase('check')).toMatchObject({ status: 1, stdout: 'todo\n' })
    phase('run')
    expect(phase('check')).toMatchObject({ status: 0, stdout: 'done\n' })
    expect(phase('verify').status).toBe(0)
    program('zpool', 'echo DEGRADED')
    const { status, stdout } = phase('verify')
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false })
    expect(result().ok).toBe(true)
    expect(phase('undo').status).toBe(0)
    expect(existsSync(join(folder, 'state/first-boot.json'))).toBe(false)
  })

  test('says so when the installer left no facts, and when the verb is wrong', () => {
    rmSync(join(folder, 'install.json'))
    expect(phase('run')).toMatchObject({ status: 1, stdout: '' })
    expect(phase('install').status).toBe(64)
  })
})
