import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

// The command `keystone` of an installed machine, with the machine as recorded answers of the programs it asks. Its file lies
// among the templates as it lies on the machine, so its test lies outside.
const script = fileURLToPath(new URL('../templates/etc/nixos/modules/keystone/command.sh', import.meta.url))
const hasJq = spawnSync('jq', ['--version']).status === 0

const DEVICE = '/dev/zvol/rpool/credstore'
// From swtpm and systemd-cryptenroll 257: PCR 7, the policy hashes that were enrolled for it, the key the TPM stores under,
// and its name.
const PCR = '9EF814B42FA0BE12D197C44D3E8E03441A4B1118237658368BA1351090E556ED\n'
const POLICY = 'ad0071a85fe1f6dffc597d93eca52e94a1a8b28635c3eb2f8a9a4d53cd3eccf9'
const POLICY_WITH_PIN = 'ac9d3417449433d340bb94b39d3422b9836d1ee47ae0c2ab843bce5862c5463d'
const SRK =
  'gQAAAQAiAAupFQ6jJ6H107xYxtQACm7/LY+xRBvmE5fRZyjZNqyXOwAAAAEAWgAjAAsAAwRyAAAABgCAAEMAEAADABAAIE02MHd7D9X9c1bJ06EEXBM7umaD7jE3/7y6smQKTwjjACCAb+7UQw31GVHKojkZGQxtpTWVIIwlQjlsFyA8Xb9LMg=='
const SRK_NAME = 'AAupFQ6jJ6H107xYxtQACm7/LY+xRBvmE5fRZyjZNqyXOw=='

const OFF = `Secure Boot is off: the TPM protects a disk that is taken out of the machine.
Somebody who has the whole machine can start another system on it, and the TPM
gives that the key, too.
`
const OFF_WITH_PIN = OFF.replace('too.', 'too, once the PIN is known.')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keystone-command-'))
  program('id', 'echo 0')
  // --token-only: whether the TPM gives the key.
  program(
    'cryptsetup',
    `case "$*" in
  "luksDump --dump-json-metadata ${DEVICE}") cat ${folder}/header ;;
  "open --test-passphrase --token-only --token-type systemd-tpm2 ${DEVICE}") [ ! -e ${folder}/refuses ] ;;
  *) echo "unexpected: $*" >&2; exit 99 ;;
esac`,
  )
  program('tpm2_readpublic', `[ "$*" = "-Q -c 0x81000001 -n /dev/stdout" ] && echo ${SRK_NAME} | base64 -d`)
  program('tpm2_getcap', 'printf "TPM2_PT_PERMANENT:\\n  inLockout:                 0\\n"')
  enrols()
  file('sys/class/tpm/tpm0/tpm_version_major', '2\n')
  file('sys/class/tpm/tpm0/pcr-sha256/7', PCR)
  secureBoot(1, 0)
  header(tpmToken())
})
afterEach(() => rmSync(folder, { recursive: true }))

function file(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}
function program(name: string, body: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
}

/** An enrolment leaves the header `after`, a removal `between`; the calls are written down. */
function enrols({ after = [tpmToken()], between = [] as object[], exitCode = 0 } = {}): void {
  file('after', headerText(after))
  file('between', headerText(between))
  program(
    'systemd-cryptenroll',
    `echo "systemd-cryptenroll $*" >>${folder}/calls
case "$*" in *--tpm2-device*) from=after ;; *) from=between ;; esac
if [ ${exitCode} = 0 ]; then cp ${folder}/$from ${folder}/header; fi
exit ${exitCode}`,
  )
}
const calls = () => (existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8') : '')

function tpmToken(changes: object = {}): object {
  const policy = { 'tpm2-pcrs': [7], 'tpm2-pcr-bank': 'sha256', 'tpm2-policy-hash': POLICY, tpm2_srk: SRK }
  return { type: 'systemd-tpm2', keyslots: ['1'], 'tpm2-blob': 'AJ4AIMjZ', ...policy, ...changes }
}
const pinToken = () => tpmToken({ 'tpm2-pin': true, 'tpm2-policy-hash': POLICY_WITH_PIN })
const recoveryToken = { type: 'systemd-recovery', keyslots: ['2'] }
function headerText(tokens: readonly object[]): string {
  return JSON.stringify({
    keyslots: { 0: {}, 2: {}, ...(tokens.length > 1 ? { 1: {}, 10: {} } : {}) },
    tokens: Object.fromEntries(tokens.entries()),
  })
}
const header = (...tokens: readonly object[]) => file('header', headerText([...tokens, recoveryToken]))

function secureBoot(isOn: number, isSetupMode: number): void {
  for (const [name, value] of [
    ['SecureBoot', isOn],
    ['SetupMode', isSetupMode],
  ] as const) {
    const path = `sys/firmware/efi/efivars/${name}-8be4df61-93ca-11d2-aa0d-00e098032b8c`
    file(path, Uint8Array.from([6, 0, 0, 0, value]))
  }
}

function keystone(line: string, { unlock = 'tpm', device = DEVICE } = {}) {
  const { status, stdout, stderr } = spawnSync('bash', [script, ...line.split(' ').filter((word) => word !== '')], {
    encoding: 'utf8',
    env: {
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      KEYSTONE_SYSFS: join(folder, 'sys'),
      KEYSTONE_LUKS_DEVICE: device,
      KEYSTONE_UNLOCK: unlock,
    },
  })
  // Everything fits a serial terminal.
  expect(`${stdout}${stderr}`.split('\n').filter((line) => line.length > 80)).toEqual([])
  return { status, stdout, stderr }
}
const stateOf = (options = {}) => JSON.parse(keystone('tpm status --json', options).stdout) as object

describe.skipIf(!hasJq)(`keystone (${hasJq ? 'jq is here' : 'skipped: jq is not installed'})`, () => {
  test('help says what there is and is no error', () => {
    const { status, stdout, stderr } = keystone('--help')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^usage: keystone tpm status \[--json\]\n/)
    expect(keystone('tpm --help')).toEqual({ status: 0, stdout, stderr: '' })
    expect(keystone('')).toEqual({ status: 2, stdout: '', stderr: stdout })
    expect(keystone('tpm')).toEqual({ status: 2, stdout: '', stderr: stdout })
  })

  test.each<[string, number, string]>([
    ['tmp status', 2, 'keystone: there is no command tmp. keystone --help shows what there is.\n'],
    ['tpm enroll', 2, 'keystone: there is no command tpm enroll. keystone --help shows what there is.\n'],
    ['tpm status --yaml', 2, 'keystone: tpm status knows --json only, not: --yaml\n'],
    ['tpm re-enroll now', 2, 'keystone: tpm re-enroll takes nothing more, not: now\n'],
  ])('%s: exit code %i', (line, status, stderr) => {
    expect(keystone(line)).toEqual({ status, stdout: '', stderr })
    expect(calls()).toBe('')
  })

  test('says what it needs: root, an encrypted disk, a header that can be read', () => {
    program('id', 'echo 1000')
    expect(keystone('tpm status')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'keystone: only root can look at the keys: sudo keystone tpm status\n',
    })
    program('id', 'echo 0')
    expect(keystone('tpm status', { unlock: 'none', device: '' })).toEqual({
      status: 3,
      stdout: '',
      stderr: 'keystone: the disk is not encrypted, so there is no key that a TPM could keep.\n',
    })
    program('cryptsetup', 'exit 1')
    expect(keystone('tpm status')).toEqual({
      status: 4,
      stdout: '',
      stderr: 'keystone: /dev/zvol/rpool/credstore has no LUKS2 header that can be read.\n',
    })
  })

  test('status of a machine as it should be', () => {
    expect(keystone('tpm status')).toEqual({
      status: 0,
      stderr: '',
      stdout: `Volume       /dev/zvol/rpool/credstore
Key slot 0   passphrase
Key slot 1   TPM
Key slot 2   recovery key
Key slot 10  passphrase
Secure Boot  on

The TPM opens the disk.
`,
    })
  })

  test('status says what the TPM does not protect from', () => {
    secureBoot(0, 0)
    expect(keystone('tpm status').stdout).toContain(`Secure Boot  off\n\nThe TPM opens the disk.\n\n${OFF}`)
    secureBoot(0, 1)
    expect(keystone('tpm status').stdout).toContain(`Secure Boot  off, setup mode\n\nThe TPM opens the disk.\n\n${OFF}`)
    header(pinToken())
    expect(keystone('tpm status', { unlock: 'tpm-pin' }).stdout).toContain(
      `The TPM opens the disk when it is given the right PIN.\n\n${OFF_WITH_PIN}`,
    )
    rmSync(join(folder, 'sys/firmware'), { recursive: true })
    file('sys/class/tpm/tpm0/pcr-sha256/7', `${'0'.repeat(64)}\n`)
    expect(keystone('tpm status').stdout).toContain('PCR 7 is empty: the firmware tells the TPM nothing')
  })

  test('status for programs', () => {
    expect(stateOf()).toEqual({
      device: '/dev/zvol/rpool/credstore',
      unlock: 'tpm',
      secureBoot: 'on',
      state: 'ok',
      keys: [
        { slot: 0, kind: 'passphrase' },
        { slot: 1, kind: 'TPM' },
        { slot: 2, kind: 'recovery key' },
        { slot: 10, kind: 'passphrase' },
      ],
    })
  })

  // What is the matter, on a machine that should be unlocked as the second column says.
  const wrong: [string, string, () => void, string, number, string][] = [
    ['the TPM is not used', 'passphrase', () => header(), 'off', 0, 'The TPM is not used: the machine asks'],
    [
      'the TPM has a key nobody wants',
      'passphrase',
      () => {},
      'unwanted',
      4,
      'systemd-cryptenroll --wipe-slot=tpm2 /dev/',
    ],
    [
      'there is no TPM',
      'tpm',
      () => rmSync(join(folder, 'sys/class/tpm'), { recursive: true }),
      'no-tpm',
      3,
      'Linux finds no TPM 2.0 in this machine',
    ],
    [
      'the TPM is a 1.2',
      'tpm',
      () => file('sys/class/tpm/tpm0/tpm_version_major', '1\n'),
      'no-tpm',
      3,
      'Linux finds no TPM 2.0 in this machine',
    ],
    ['nothing is enrolled', 'tpm', () => header(), 'not-enrolled', 4, 'The TPM has no key of this disk'],
    [
      'there are two keys',
      'tpm',
      () => header(tpmToken(), tpmToken()),
      'other-policy',
      4,
      'one key, bound to\nPCR 7, without a PIN.',
    ],
    [
      'it is bound to other PCRs',
      'tpm',
      () => header(tpmToken({ 'tpm2-pcrs': [7, 11] })),
      'other-policy',
      4,
      'not the one',
    ],
    ['it is bound to none', 'tpm', () => header(tpmToken({ 'tpm2-pcrs': [] })), 'other-policy', 4, 'not the one'],
    ['it has no PIN', 'tpm-pin', () => {}, 'other-policy', 4, 'one key, bound to\nPCR 7, with a PIN.'],
    [
      'PCR 7 has changed',
      'tpm',
      () => file('sys/class/tpm/tpm0/pcr-sha256/7', PCR.replace('9', '8')),
      'pcr-changed',
      4,
      'PCR 7 is not what it was when the TPM was enrolled',
    ],
    [
      'the firmware measures into another bank',
      'tpm',
      () => rmSync(join(folder, 'sys/class/tpm/tpm0/pcr-sha256'), { recursive: true }),
      'pcr-changed',
      4,
      'PCR 7 is not what it was',
    ],
    [
      'the TPM was cleared',
      'tpm',
      () => program('tpm2_readpublic', 'exit 1'),
      'tpm-changed',
      4,
      'The TPM was cleared, or',
    ],
    [
      'it is another TPM',
      'tpm',
      () => program('tpm2_readpublic', 'echo other'),
      'tpm-changed',
      4,
      'The TPM was cleared, or',
    ],
    ['the TPM refuses', 'tpm', () => file('refuses', ''), 'refused', 4, 'The TPM did not give the key, although'],
    [
      'there were too many wrong PINs',
      'tpm-pin',
      () => {
        header(pinToken())
        program('tpm2_getcap', 'echo "  inLockout:                 1"')
      },
      'locked',
      4,
      'The TPM is locked after too many wrong PINs',
    ],
  ]
  test.each(wrong)('status when %s', (_what, unlock, breakIt, state, status, says) => {
    breakIt()
    expect(stateOf({ unlock })).toMatchObject({ state })
    const told = keystone('tpm status', { unlock })
    expect(told).toMatchObject({ status, stderr: '' })
    expect(told.stdout).toContain(says)
    expect(calls()).toBe('')
  })

  test('a PIN is not tried out: each wrong one brings the TPM nearer to its lock-out', () => {
    header(pinToken())
    file('refuses', '')
    expect(stateOf({ unlock: 'tpm-pin' })).toMatchObject({ state: 'ok' })
  })

  test('re-enroll adds the new key and removes the old one in one call, and looks whether it works', () => {
    file('sys/class/tpm/tpm0/pcr-sha256/7', PCR)
    header(tpmToken({ 'tpm2-policy-hash': 'ffff' }))
    expect(keystone('tpm re-enroll')).toEqual({
      status: 0,
      stdout: 'Type the passphrase, or the recovery key with its dashes.\nThe TPM opens the disk.\n',
      stderr: '',
    })
    expect(calls()).toBe(`systemd-cryptenroll --tpm2-device=auto --tpm2-pcrs=7 --wipe-slot=tpm2 ${DEVICE}\n`)
  })

  test('re-enroll says first what the TPM does not protect from, and asks for a new PIN where one is used', () => {
    secureBoot(0, 0)
    header(pinToken())
    enrols({ after: [pinToken()] })
    expect(keystone('tpm re-enroll', { unlock: 'tpm-pin' })).toEqual({
      status: 0,
      stdout: `${OFF_WITH_PIN}
Type the passphrase, or the recovery key with its dashes.
Then think of a new PIN, and type it twice.
The TPM opens the disk when it is given the right PIN.
`,
      stderr: '',
    })
    expect(calls()).toBe(
      `systemd-cryptenroll --tpm2-device=auto --tpm2-pcrs=7 --tpm2-with-pin=yes --wipe-slot=tpm2 ${DEVICE}\n`,
    )
  })

  // systemd takes a key of the same policy for a good one, and would do nothing (systemd#37517).
  test.each([
    ['the TPM was cleared', () => program('tpm2_readpublic', 'exit 1')],
    ['the TPM refuses', () => file('refuses', '')],
  ])('re-enroll removes the dead key first when %s', (_what, breakIt) => {
    breakIt()
    keystone('tpm re-enroll')
    expect(calls()).toBe(`systemd-cryptenroll --wipe-slot=tpm2 ${DEVICE}
systemd-cryptenroll --tpm2-device=auto --tpm2-pcrs=7 --wipe-slot=tpm2 ${DEVICE}
`)
  })

  test('re-enroll does nothing when the TPM opens the disk, and says so', () => {
    expect(keystone('tpm re-enroll')).toEqual({
      status: 0,
      stdout: 'The TPM opens the disk. There is nothing to do.\n',
      stderr: '',
    })
    expect(calls()).toBe('')
  })

  test('re-enroll by the TPM asks nobody; it cannot do that with a PIN', () => {
    header(tpmToken({ 'tpm2-pcrs': [7, 11] }))
    expect(keystone('tpm re-enroll --by-tpm')).toEqual({ status: 0, stdout: 'The TPM opens the disk.\n', stderr: '' })
    expect(calls()).toBe(
      `systemd-cryptenroll --unlock-tpm2-device=auto --tpm2-device=auto --tpm2-pcrs=7 --wipe-slot=tpm2 ${DEVICE}\n`,
    )
    expect(keystone('tpm re-enroll --by-tpm', { unlock: 'tpm-pin' })).toEqual({
      status: 2,
      stdout: '',
      stderr: 'keystone: --by-tpm cannot know the PIN.\n',
    })
  })

  test('re-enroll that fails says that nothing is lost', () => {
    header()
    enrols({ exitCode: 1 })
    expect(keystone('tpm re-enroll')).toEqual({
      status: 4,
      stdout: 'Type the passphrase, or the recovery key with its dashes.\n',
      stderr: 'keystone: the TPM was not enrolled. Passphrase and recovery key work as before.\n',
    })
  })

  test('re-enroll that did not help is no success', () => {
    header()
    file('refuses', '')
    expect(keystone('tpm re-enroll')).toMatchObject({ status: 4 })
  })

  test('re-enroll refuses where the TPM is not wanted or not there', () => {
    expect(keystone('tpm re-enroll', { unlock: 'passphrase' })).toEqual({
      status: 3,
      stdout: '',
      stderr: `keystone: the configuration does not want the TPM to open the disk. Set
keystone: keystone.tpm.unlock = true; in it and rebuild, then call this again.
`,
    })
    rmSync(join(folder, 'sys/class/tpm'), { recursive: true })
    expect(keystone('tpm re-enroll')).toEqual({
      status: 3,
      stdout: '',
      stderr: 'keystone: Linux finds no TPM 2.0 in this machine.\n',
    })
    expect(calls()).toBe('')
  })
})
