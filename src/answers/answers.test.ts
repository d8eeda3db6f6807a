import { expect, test } from 'vitest'
import type { Answers } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import { makePlan } from '../plan/make-plan.ts'
import { hardware } from '../testing/machine.ts'
import { formatProblems } from './format-problems.ts'
import { planFromFile } from './plan-from-file.ts'
import { readAnswers } from './read-answers.ts'
import { writeAnswers } from './write-answers.ts'

const SMALLEST = `version: 2
disk:
  layout: single-zfs
  devices: [/dev/disk/by-id/virtio-keystone-a]
encryption:
  passphrase: canary canary canary
  unlock: tpm
identity:
  hostName: primer
  userName: anna
  password: canary-canary
`

// How easy the passphrase is to guess has a test of its own.
const noFiles = { readSecretFile: async () => null, skipsStrength: true }
const filesWith = (files: Record<string, string>) => ({
  ...noFiles,
  readSecretFile: async (path: string) => files[path] ?? null,
})
type Options = Parameters<typeof readAnswers>[2]

/** The problems alone, without the lines of the file below them. */
async function reportOf(text: string, options: Options = noFiles): Promise<string> {
  const { problems } = await readAnswers(text, 'a.yaml', options)
  const bare = problems.map(({ excerpt: _, ...problem }) => problem)
  return bare.length > 0 ? formatProblems(bare, 'a.yaml') : 'no problem'
}

async function fullReportOf(text: string, options: Options = noFiles): Promise<string> {
  return formatProblems((await readAnswers(text, 'a.yaml', options)).problems, 'a.yaml')
}

async function answersOf(text: string, options: Options = noFiles): Promise<Answers> {
  const { answers, problems } = await readAnswers(text, 'a.yaml', options)
  if (answers === null) throw new Error(formatProblems(problems, 'a.yaml'))
  return answers
}

test('what may be left out is filled in', async () => {
  const { drafts, secrets, answers } = JSON.parse(JSON.stringify(await readAnswers(SMALLEST, 'a.yaml', noFiles)))
  expect(drafts.encryption).toEqual({ passphrase: '***', unlock: 'tpm', recoveryKey: true })
  expect(secrets).toEqual([
    { path: ['encryption', 'passphrase'], key: 'passphrase', reference: null },
    { path: ['identity', 'password'], key: 'password', reference: null },
  ])
  expect(answers).toEqual({
    system: { language: 'en_US.UTF-8', keyboard: 'us', timeZone: 'UTC' },
    disk: {
      layout: 'single-zfs',
      devices: ['/dev/disk/by-id/virtio-keystone-a'],
      espBytes: 1024 ** 3,
      swapBytes: 4 * 1024 ** 3,
      swapKind: 'random',
      spares: [],
      log: [],
      cache: [],
      special: [],
      dataPool: null,
    },
    encryption: { unlock: 'tpm', passphrase: '***', pin: null, recoveryKey: true },
    network: {
      interface: 'any',
      bond: null,
      vlan: null,
      mode: 'dhcp',
      address: null,
      gateway: null,
      address6: null,
      gateway6: null,
      nameservers: [],
      searchDomains: [],
      proxy: null,
      wifi: null,
    },
    identity: { hostName: 'primer', userName: 'anna', password: '***', passwordHash: null, sshKeys: [] },
    cluster: { name: 'home', role: 'primer', domain: null, meshUrl: null, join: null },
  })
})

test('every key that must be there is asked for', async () => {
  expect(await reportOf('version: 2\ndisk: {}\nencryption: {}\nidentity: {}\n')).toBe(
    [
      'a.yaml:2:1  disk.layout  is needed, but not given (one of single-ext4, single-xfs, single-zfs, mirror-zfs, stripe-zfs, raidz1-zfs, raidz2-zfs, raidz3-zfs, raid10-zfs)',
      'a.yaml:2:1  disk.devices  is needed, but not given (a list of /dev/disk/by-id/… names: the disks the system starts from and is on)',
      'a.yaml:3:1  encryption.unlock  is needed, but not given (none, passphrase, tpm or tpm-pin; a passphrase is needed with all but none)',
      'a.yaml:3:1  encryption.passphrase  is needed, but not given (give passphrase, passphraseFile (a path), passphraseEnv (name of a variable), or passphrasePrompt: true)',
      'a.yaml:4:1  identity.hostName  is needed, but not given (name of the machine, such as primer)',
      'a.yaml:4:1  identity.userName  is needed, but not given (name of the admin, such as admin)',
      'a.yaml:4:1  identity.password  is needed, but not given (give password, passwordFile (a path), passwordEnv (name of a variable), passwordHash, or passwordPrompt: true)',
    ].join('\n'),
  )
})

test('missing sections and a missing version point at the top', async () => {
  expect(await reportOf('cluster:\n  name: home\n')).toBe(
    [
      'a.yaml:1:1  version  is needed, but not given (begin the file with version: 2)',
      'a.yaml:1:1  disk  this section is needed, but not given (it holds layout, devices, esp, swap, hibernation, spares, log, cache, special, dataLayout, dataDevices)',
      'a.yaml:1:1  encryption  this section is needed, but not given (it holds unlock, passphrase, pin, recoveryKey)',
      'a.yaml:1:1  identity  this section is needed, but not given (it holds hostName, userName, password, passwordHash, sshKeys)',
    ].join('\n'),
  )
})

test.each([
  ['', 'a.yaml:1:1  the file is empty (the README shows an example)'],
  ['# nothing\n', 'a.yaml:1:1  the file is empty (the README shows an example)'],
  ['just text', 'a.yaml:1:1  must be a group of keys, got text'],
  ['- a\n- b\n', 'a.yaml:1:1  must be a group of keys, got a list'],
  ['network: {}\nversion: "1"', 'a.yaml:2:10  version  must be a number, got text (write version: 2)'],
])('a file that says %j', async (text, lastLine) => {
  expect((await reportOf(text)).split('\n').at(-1)).toBe(lastLine)
})

test.each([
  [
    'version: 7',
    'a.yaml:1:10  version  this Keystone reads answer files of version 1 and 2, got 7 (use a newer Keystone)',
  ],
  ['version: 0', 'a.yaml:1:10  version  this Keystone reads answer files of version 1 and 2, got 0 (take 2)'],
])('of a version that is not known nothing else is judged: %s', async (text, report) => {
  expect(await reportOf(text)).toBe(report)
})

test('places count lines and columns from 1, also in flow lists and behind CRLF', async () => {
  const text = SMALLEST.replace('virtio-keystone-a]', 'virtio-keystone-a, /dev/sda]').replace('anna', 'Anna')
  const expected = [
    'a.yaml:4:48  disk.devices[1]  a disk is named by /dev/disk/by-id/…, got "/dev/sda" (keystone detect lists the disks; names like /dev/sda may change at each boot)',
    'a.yaml:10:13  identity.userName  a user name has only a-z, 0-9, _ and -, and begins with a letter or _, got "Anna" (for example admin)',
  ]
  const withoutCount = (report: string) => report.split('\n').filter((line) => !line.includes('exactly 1 disk'))
  expect(withoutCount(await reportOf(text))).toEqual(expected)
  expect(withoutCount(await reportOf(text.replaceAll('\n', '\r\n')))).toEqual(expected)
})

test('a report is in the order of the file, whatever order the problems come in', () => {
  const at = (line: number | null, column: number | null, message: string) => {
    return { code: 'x', path: [], message, file: 'a.yaml', line, column }
  }
  const problems = [at(null, null, 'machine'), at(10, 1, 'third'), at(2, 9, 'second'), at(2, 1, 'first')]
  expect(formatProblems(problems, 'a.yaml')).toBe(
    'a.yaml:2:1  first\na.yaml:2:9  second\na.yaml:10:1  third\nthis machine  machine',
  )
})

test('$schema is for editors, and says nothing', async () => {
  expect(await reportOf(`$schema: ./answers.schema.json\n${SMALLEST}`)).toBe('no problem')
  expect(await reportOf(`$schema: []\n${SMALLEST}`)).toBe('a.yaml:1:1  "$schema"  must be text, got a list')
  expect(await reportOf(SMALLEST.replace('  hostName', '  $schema: x\n  hostName'))).toContain('a key is one word')
})

test('a key given twice is told with the rest', async () => {
  const text = SMALLEST.replace('  hostName: primer\n', '  hostName: a.b\n  hostName: primer\n')
  expect(await reportOf(text)).toContain('a.yaml:10:3  this key is given twice in the same group (keep one of them)')
})

test('a secret comes from a file, without the line end an editor puts there', async () => {
  const text = SMALLEST.replace('passphrase: canary canary canary', 'passphraseFile: /run/p').replace(
    'password: canary-canary',
    'passwordFile: pw.txt',
  )
  const files = filesWith({ '/run/p': 'from a file, with spaces\n', 'pw.txt': 'secret-9\r\n' })
  const answers = await answersOf(text, files)
  expect(answers.encryption.passphrase?.reveal()).toBe('from a file, with spaces')
  expect(answers.identity.password?.reveal()).toBe('secret-9')
})

test('the content of a secret file is judged at the key that names the file', async () => {
  const text = SMALLEST.replace('passphrase: canary canary canary', 'passphraseFile: p')
  expect(await reportOf(text, filesWith({ p: 'canary\n' }))).toBe(
    'a.yaml:6:19  encryption.passphraseFile  a passphrase has at least 12 characters, got 6 (four or five random words are strong and easy to type)',
  )
})

test.each([
  ['\n', 'this file is empty'],
  [
    'two lines of text\nand more\n',
    'this file has more than one line, and a secret is one line (take the others out, the empty ones too)',
  ],
  [
    'one line of text\n\n',
    'this file has more than one line, and a secret is one line (take the others out, the empty ones too)',
  ],
  [
    'mulberry Oxcart 71 veranda \n',
    'what this file holds begins or ends with a blank (take it out; a secret that has one can stand in the answer file, in quotes)',
  ],
  [
    '\uFEFFmulberry Oxcart 71 veranda\n',
    'this file holds no plain UTF-8 text (save it as UTF-8 without a byte order mark)',
  ],
  ['\uFFFD\uFFFDm\0u\0l\0', 'this file holds no plain UTF-8 text (save it as UTF-8 without a byte order mark)'],
])('a secret file that holds %j is refused before its rule is asked', async (content, message) => {
  const text = SMALLEST.replace('passphrase: canary canary canary', 'passphraseFile: p')
  expect(await reportOf(text, filesWith({ p: content }))).toBe(`a.yaml:6:19  encryption.passphraseFile  ${message}`)
})

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a person writes for a shell
test.each(['$KEYSTONE_PASSPHRASE', '${passphrase}', '$(cat /run/passphrase)'])(
  '%s in the place of a secret is refused: nobody fills it in',
  async (written) => {
    const text = SMALLEST.replace('passphrase: canary canary canary', `passphrase: ${written}`)
    expect(await reportOf(text)).toBe(
      'a.yaml:6:15  encryption.passphrase  this looks like a variable, and variables are not filled in here (give passphraseEnv with the name alone, without $)',
    )
  },
)

test('a secret may begin with $ when it is no name of a variable', async () => {
  const text = SMALLEST.replace('canary canary canary', '$canary canary canary')
  expect((await answersOf(text)).encryption.passphrase?.reveal()).toBe('$canary canary canary')
})

test('a secret file that cannot be read is one problem, not two', async () => {
  const text = SMALLEST.replace('password: canary-canary', 'passwordFile: canary')
  expect(await reportOf(text)).toBe(
    'a.yaml:11:17  identity.passwordFile  this file cannot be read (check the path and its permissions; it counts from the folder of the answer file)',
  )
  expect(await reportOf(text.replace('passwordFile: canary', 'passwordFile: ~/canary'))).toBe(
    'a.yaml:11:17  identity.passwordFile  this file cannot be read (write the whole path: ~ is not known here)',
  )
})

test('a secret and its file together are refused', async () => {
  const text = SMALLEST.replace('  unlock', '  passphraseFile: p\n  unlock')
  expect(await reportOf(text, filesWith({ p: 'another passphrase' }))).toBe(
    'a.yaml:7:19  encryption.passphraseFile  passphrase and passphraseFile are both given (keep one of them)',
  )
})

test('static keys with DHCP contradict each other', async () => {
  const text = `${SMALLEST}network:\n  address: 10.0.0.2/24\n  gateway:\n  nameservers: []\n`
  expect(await reportOf(text)).toBe(
    'a.yaml:13:12  network.address  address is used with mode static only (set mode: static, or take this key out)',
  )
})

test('a key without a value is a key not given', async () => {
  const text = SMALLEST.replace('hostName: primer', 'hostName:')
  expect(await reportOf(text)).toBe(
    'a.yaml:8:1  identity.hostName  is needed, but not given (name of the machine, such as primer)'.replace(
      '8:1',
      '9:3',
    ),
  )
})

test('no problem quotes a secret, however the file is broken', async () => {
  const lines = SMALLEST.split('\n')
  const breakages = [
    '"',
    "'",
    ': ',
    ' #',
    '*',
    '&a ',
    '!t ',
    '|',
    '{',
    '[',
    '\t',
    '@',
    '`',
    '%',
    '- ',
    '? ',
    '\\',
    '"\\q',
  ]
  let reports = 0
  for (const index of lines.keys()) {
    for (const breakage of breakages) {
      for (const broken of [
        `${breakage}${lines[index]}`,
        `${lines[index]}${breakage}`,
        lines[index]?.replace(': ', `: ${breakage}`),
      ]) {
        const text = lines.with(index, broken ?? '').join('\n')
        const report = await fullReportOf(text)
        if (report !== '') reports++
        expect(report).not.toContain('canary')
      }
    }
  }
  expect(reports).toBeGreaterThan(300)
})

test('a file cut off anywhere gives a report or answers, never an exception', async () => {
  for (let length = 0; length <= SMALLEST.length; length++) {
    expect(await fullReportOf(SMALLEST.slice(0, length))).not.toContain('canary')
  }
})

test('anchors and aliases are refused', async () => {
  const text = SMALLEST.replace('userName: anna', 'userName: &x anna').replace('hostName: primer', 'hostName: *x')
  expect(await reportOf(text)).toContain('anchors (&name) and aliases (*name) are not supported here')
})

const DISK_A = '/dev/disk/by-id/virtio-keystone-a'
const DISK_B = '/dev/disk/by-id/virtio-keystone-b'

test('every disk and every filter of every list must allow to be erased', async () => {
  const unconfirmed = async (devices: string, more = '') => {
    const text = SMALLEST.replace(`[${DISK_A}]`, `${devices}${more}`)
    const read = await readAnswers(text, 'a.yaml', noFiles)
    return read.unconfirmed.map(({ path, line }) => [path.join('.'), line])
  }
  expect(await unconfirmed(`[{ id: ${DISK_A}, wipe: true }]`)).toEqual([])
  expect(await unconfirmed(`[${DISK_A}, { id: ${DISK_B}, wipe: false }]`)).toEqual([
    ['disk.devices.0', 4],
    ['disk.devices.1', 4],
  ])
  expect(await unconfirmed(`[{ id: ${DISK_A}, wipe: true }]`, '\n  spares: [{ match: { type: ssd } }]')).toEqual([
    ['disk.spares.0', 5],
  ])
})

test('problems of the machine stand last, without a place in the file', async () => {
  const unfit: Hardware = { ...hardware('two-virtio-uefi-tpm'), firmware: 'bios' }
  const result = await planFromFile(SMALLEST.replace('hostName: primer', 'hostName: A'), 'a.yaml', unfit, noFiles)
  const report = 'problems' in result ? formatProblems(result.problems, 'a.yaml') : ''
  const heads = report.split('\n').filter((line) => !line.startsWith(' '))
  expect(heads.map((line) => line.split('  ').slice(0, 2))).toEqual([
    ['a.yaml:4:13', 'disk.devices[0]'],
    ['a.yaml:9:13', 'identity.hostName'],
    ['this machine', 'hardware.firmware'],
  ])
})

const EXPORTED: [string, Hardware, string][] = [
  [
    'the smallest file',
    hardware('two-virtio-uefi-tpm'),
    SMALLEST.replace('encryption:', '  swap: 512MiB\nencryption:'),
  ],
  [
    'a mirror with a static network',
    hardware('two-virtio-uefi-tpm'),
    `${SMALLEST}network:\n  interface: enp0s2\n  mode: static\n  address: 10.0.2.9/24\n  gateway: 10.0.2.2\n  nameservers: [10.0.2.3]\n`
      .replace('single-zfs', 'mirror-zfs')
      .replace('virtio-keystone-a]', 'virtio-keystone-a, /dev/disk/by-id/virtio-keystone-b]\n  swap: 1.25GiB'),
  ],
  [
    'names that look like numbers',
    hardware('one-nvme-uefi'),
    SMALLEST.replace('virtio-keystone-a', 'nvme-Example_SSD_512GB_0123456789')
      .replace('unlock: tpm', 'unlock: passphrase\n  recoveryKey: false')
      .replace('hostName: primer', 'hostName: "007"'),
  ],
]

test.each(EXPORTED)(
  'an export, read again with the secrets in files, gives the same plan: %s',
  async (_name, hardware, text) => {
    const answers = await answersOf(text)
    const exported = writeAnswers(answers)
    expect(exported).not.toContain('canary')
    const files = filesWith({ 'passphrase.txt': 'canary canary canary', 'password.txt': 'canary-canary' })
    const again = await answersOf(exported, files)
    expect(again).toEqual(answers)
    expect(makePlan(again, hardware)).toEqual(makePlan(answers, hardware))
    expect(makePlan(again, hardware).plan?.hash).toMatch(/^[0-9a-f]{64}$/)
  },
)

test('an export keeps an SSH key on one line', async () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICUwO0ZRXGdyfYiTnqm0v8rV4Ov2AQwXIi04Q05ZZG96 the key of the laptop'
  const exported = writeAnswers(
    await answersOf(SMALLEST.replace('canary-canary', `canary-canary\n  sshKeys: ["${key}"]`)),
  )
  expect(exported).toContain(`\n    - ${key}\n`)
})

test('an export shows how to confirm without confirming', async () => {
  const exported = writeAnswers(await answersOf(SMALLEST))
  expect(exported).toBe(`version: 2
system:
  language: en_US.UTF-8
  keyboard: us
  timeZone: UTC
disk:
  layout: single-zfs
  devices:
    - /dev/disk/by-id/virtio-keystone-a
  esp: 1GiB
  swap: 4GiB
encryption:
  unlock: tpm
  # Not exported: write the passphrase into this file (mode 0600).
  passphraseFile: passphrase.txt
  recoveryKey: true
network:
  interface: any
  mode: dhcp
identity:
  hostName: primer
  userName: anna
  # Not exported: write the password into this file (mode 0600).
  passwordFile: password.txt
  sshKeys: []
cluster:
  name: home
  role: primer

# An install without questions erases only disks that say so. Write each of them as:
#   - id: /dev/disk/by-id/virtio-keystone-a
#     wipe: true
`)
})
