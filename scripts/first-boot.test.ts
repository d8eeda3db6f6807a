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
  program('cryptsetup', 'exit 4')
  program('findmnt', 'case "$*" in *"--mountpoint /data") echo zfs ;; *) echo vfat ;; esac')
  program('zpool', 'echo ONLINE')
  program(
    'zfs',
    'case "$*" in */system) printf "off\\n-\\n-\\n" ;; *) printf "aes-256-gcm\\navailable\\n%s\\n" "$6" ;; esac',
  )
  keystone({ unlock: 'tpm', state: 'ok' })
  program('uname', 'echo primer')
  program('journalctl', ':')
})
afterEach(() => rmSync(folder, { recursive: true }))

function program(name: string, body: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
}

/** What `keystone tpm status --json` answers each time, the last one again and again; other calls are written down. */
function keystone(...answers: readonly object[]): void {
  for (const [index, answer] of answers.entries())
    writeFileSync(join(folder, `status-${index}`), JSON.stringify(answer))
  program(
    'keystone',
    `cd ${folder}
[ "$*" = "tpm status --json" ] || { echo "$*" >>asked; echo enrolled; exit 0; }
n=$(cat count 2>/dev/null || echo 0)
[ -e status-$n ] || n=$((n - 1))
echo $((n + 1)) >count
cat status-$n
case $(cat status-$n) in *'"ok"'* | *'"off"'*) ;; *) exit 4 ;; esac`,
  )
}

function install(facts: object): void {
  const all = {
    planHash: 'abc',
    layout: 'single-zfs',
    luksDevice: '/dev/zvol/rpool/credstore',
    luksName: 'credstore',
    pool: 'rpool',
    unlock: 'tpm',
    dataPool: null,
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
      'tpm',
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

  test('without TPM the passphrase is what is expected, and that the TPM has no key', () => {
    install({ unlock: 'passphrase' })
    keystone({ unlock: 'passphrase', state: 'off' })
    unlock({ passphraseAsked: true })
    expect(phase('run')).toMatchObject({ status: 0, stderr: '' })
    keystone({ unlock: 'passphrase', state: 'unwanted' })
    expect(phase('run')).toMatchObject({
      status: 1,
      stderr:
        'first-boot: tpm is unwanted, should be off\nfirst-boot: what to do about the TPM says: sudo keystone tpm status\n',
    })
  })

  test('with a PIN somebody was asked; whether the TPM can have opened the disk is told by itself', () => {
    install({ unlock: 'tpm-pin' })
    keystone({ unlock: 'tpm-pin', state: 'ok' })
    unlock({ passphraseAsked: true })
    expect(phase('run')).toMatchObject({ status: 0, stderr: '' })
    expect(result().unlockedBy).toBe('PIN or passphrase')
    keystone({ unlock: 'tpm-pin', state: 'pcr-changed' })
    expect(phase('run')).toMatchObject({
      status: 1,
      stderr:
        'first-boot: tpm is pcr-changed, should be ok\nfirst-boot: what to do about the TPM says: sudo keystone tpm status\n',
    })
    // A TPM that opens without asking has a key that nobody wants.
    unlock({ passphraseAsked: false })
    phase('run')
    expect(result()).toMatchObject({ ok: false, unlockedBy: 'tpm2' })
  })

  test('without encryption nothing is unlocked, and nobody is asked about it', () => {
    install({ unlock: 'none', luksDevice: null, luksName: null })
    program('keystone', 'exit 3')
    rmSync(join(folder, 'unlock.json'))
    expect(phase('run')).toMatchObject({ status: 0, stderr: '' })
    expect(result().unlockedBy).toBe('nothing')
    expect(result().checks.map(({ name, found }) => [name, found])).toEqual([
      ['host-name', 'primer'],
      [`esp ${esp}`, 'boot loader, mode 0700'],
      ['pool-health', 'ONLINE'],
      ['encryption', 'off - -'],
    ])
  })

  test('what the configuration wants by now counts, not what was installed', () => {
    keystone({ unlock: 'passphrase', state: 'off' })
    unlock({ passphraseAsked: true })
    expect(phase('run').status).toBe(0)
  })

  test('a TPM that has just opened the disk is right, even if it refuses a second time', () => {
    keystone({ unlock: 'tpm', state: 'refused' })
    expect(phase('run').status).toBe(0)
    unlock({ passphraseAsked: true })
    expect(phase('run').status).toBe(1)
  })

  test('a TPM that opened the disk by another key is enrolled again, without asking anybody', () => {
    keystone({ unlock: 'tpm', state: 'other-policy' }, { unlock: 'tpm', state: 'ok' })
    expect(phase('run')).toMatchObject({
      status: 0,
      stderr: 'first-boot: the TPM has another key than it should have, it is enrolled again\nenrolled\n',
    })
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('tpm re-enroll --by-tpm\n')
  })

  test.each([
    ['the PCR has changed', 'tpm', 'pcr-changed', true],
    ['the passphrase was typed', 'tpm', 'other-policy', true],
    ['the PIN is not known here', 'tpm-pin', 'other-policy', true],
    ['it has the right key', 'tpm', 'ok', false],
  ])('the TPM is not enrolled again when %s', (_why, wanted, state, passphraseAsked) => {
    install({ unlock: wanted })
    keystone({ unlock: wanted, state })
    unlock({ passphraseAsked })
    phase('run')
    expect(existsSync(join(folder, 'asked'))).toBe(false)
  })

  test('verify changes nothing', () => {
    phase('run')
    keystone({ unlock: 'tpm', state: 'other-policy' })
    expect(phase('verify').status).toBe(1)
    expect(existsSync(join(folder, 'asked'))).toBe(false)
  })

  test('looks at the ESP of each boot disk and at the data pool', () => {
    const second = join(folder, 'boot2')
    mkdirSync(join(second, 'EFI/BOOT'), { recursive: true })
    chmodSync(second, 0o700)
    install({ espMountpoints: [esp, second], dataPool: 'data' })
    phase('run')
    expect(result().checks.slice(4)).toEqual([
      { name: `esp ${second}`, ok: false, found: 'no boot loader', expected: 'boot loader, mode 0700' },
      { name: 'pool-health', ok: true, found: 'ONLINE', expected: 'ONLINE' },
      {
        name: 'encryption',
        ok: true,
        found: 'aes-256-gcm available rpool/crypt',
        expected: 'aes-256-gcm available rpool/crypt',
      },
      { name: 'credstore', ok: true, found: 'closed', expected: 'closed' },
      { name: 'data-pool-health', ok: true, found: 'ONLINE', expected: 'ONLINE' },
      {
        name: 'data-encryption',
        ok: true,
        found: 'aes-256-gcm available data/crypt',
        expected: 'aes-256-gcm available data/crypt',
      },
      { name: 'data-files', ok: true, found: 'zfs', expected: 'zfs' },
    ])
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
    ['an open credstore', () => program('cryptsetup', ':'), 'credstore', 'open'],
    ['another host name', () => program('uname', 'echo nixos'), 'host-name', 'nixos'],
    ['a LUKS header that cannot be read', () => program('keystone', 'exit 4'), 'tpm', 'unknown'],
    [
      'a data pool that is not there',
      () => {
        install({ dataPool: 'data' })
        program('zpool', 'case "$*" in *data) exit 1 ;; *) echo ONLINE ;; esac')
      },
      'data-pool-health',
      'missing',
    ],
    [
      'data that are not mounted',
      () => {
        install({ dataPool: 'data' })
        program('findmnt', 'case "$*" in */data) exit 1 ;; *) echo vfat ;; esac')
      },
      'data-files',
      'not mounted',
    ],
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
    expect(result().checks.map(({ name }) => name)).toEqual(['unlocked-by', 'tpm', 'host-name', `esp ${esp}`])
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
