import { expect, test } from 'vitest'
import type { Answers } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import { makePlan } from '../plan/make-plan.ts'
import { hardware } from '../testing/machine.ts'
import { formatProblems } from './format-problems.ts'
import { answersJsonSchema } from './json-schema.ts'
import { planFromFile } from './plan-from-file.ts'
import { readAnswers } from './read-answers.ts'
import { writeAnswers } from './write-answers.ts'

const SMALLEST = `version: 1
disk:
  layout: single-zfs
  devices: [/dev/disk/by-id/virtio-keystone-a]
encryption:
  passphrase: canary canary canary
  tpmUnlock: true
identity:
  hostName: primer
  userName: anna
  password: canary-canary
`

const noFiles = { readSecretFile: async () => null }
const filesWith = (files: Record<string, string>) => ({ readSecretFile: async (path: string) => files[path] ?? null })

async function reportOf(text: string, options: Parameters<typeof readAnswers>[2] = noFiles): Promise<string> {
  const result = await readAnswers(text, 'a.yaml', options)
  return 'problems' in result ? formatProblems(result.problems, 'a.yaml') : 'no problem'
}

async function answersOf(text: string, options: Parameters<typeof readAnswers>[2] = noFiles): Promise<Answers> {
  const result = await readAnswers(text, 'a.yaml', options)
  if ('problems' in result) throw new Error(formatProblems(result.problems, 'a.yaml'))
  return result.answers
}

test('what may be left out is filled in', async () => {
  const result = await readAnswers(SMALLEST, 'a.yaml', noFiles)
  const { drafts, secrets, ...answers } = JSON.parse(JSON.stringify(result))
  expect(drafts.encryption).toEqual({ passphrase: '***', tpmUnlock: true, recoveryKey: true })
  expect(secrets).toEqual([
    { path: ['encryption', 'passphrase'], file: null },
    { path: ['identity', 'password'], file: null },
  ])
  expect(answers).toEqual({
    answers: {
      disk: { layout: 'single-zfs', devices: ['/dev/disk/by-id/virtio-keystone-a'], swapBytes: 4 * 1024 ** 3 },
      encryption: { passphrase: '***', tpmUnlock: true, recoveryKey: true },
      network: { interface: 'any', mode: 'dhcp', address: null, gateway: null, nameservers: [] },
      identity: { hostName: 'primer', userName: 'anna', password: '***', sshKeys: [] },
      cluster: { name: 'home', role: 'primer' },
    },
    confirmation: null,
  })
})

test('every key that must be there is asked for', async () => {
  expect(await reportOf('version: 1\ndisk: {}\nencryption: {}\nidentity: {}\n')).toBe(
    [
      'a.yaml:2:1  disk.layout  is needed, but not given (one of single-ext4, single-zfs, mirror-zfs)',
      'a.yaml:2:1  disk.devices  is needed, but not given (a list of /dev/disk/by-id/… names)',
      'a.yaml:3:1  encryption.passphrase  is needed, but not given (give passphrase, or passphraseFile with the path of a file that holds it)',
      'a.yaml:3:1  encryption.tpmUnlock  is needed, but not given (true: unlock by the TPM2 at boot; false: always ask for the passphrase)',
      'a.yaml:4:1  identity.hostName  is needed, but not given (name of the machine, such as primer)',
      'a.yaml:4:1  identity.userName  is needed, but not given (name of the admin, such as admin)',
      'a.yaml:4:1  identity.password  is needed, but not given (give password, or passwordFile with the path of a file that holds it)',
    ].join('\n'),
  )
})

test('missing sections and a missing version point at the top', async () => {
  expect(await reportOf('cluster:\n  name: home\n')).toBe(
    [
      'a.yaml:1:1  version  is needed, but not given (begin the file with version: 1)',
      'a.yaml:1:1  disk  this section is needed, but not given (it holds layout, devices, swap)',
      'a.yaml:1:1  encryption  this section is needed, but not given (it holds passphrase, tpmUnlock, recoveryKey)',
      'a.yaml:1:1  identity  this section is needed, but not given (it holds hostName, userName, password, sshKeys)',
    ].join('\n'),
  )
})

test.each([
  ['', 'a.yaml:1:1  the file is empty (the README shows an example)'],
  ['# nothing\n', 'a.yaml:1:1  the file is empty (the README shows an example)'],
  ['just text', 'a.yaml:1:1  must be a group of keys, got text'],
  ['- a\n- b\n', 'a.yaml:1:1  must be a group of keys, got a list'],
  ['network: {}\nversion: "1"', 'a.yaml:2:10  version  must be a number, got text'],
])('a file that says %j', async (text, lastLine) => {
  expect((await reportOf(text)).split('\n').at(-1)).toBe(lastLine)
})

test.each([
  ['version: 7', 'a.yaml:1:10  version  this Keystone reads answer files of version 1, got 7 (use a newer Keystone)'],
  ['version: 0', 'a.yaml:1:10  version  this Keystone reads answer files of version 1, got 0 (take 1)'],
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

test('a key given twice is told with the rest', async () => {
  const text = SMALLEST.replace('  hostName: primer\n', '  hostName: a.b\n  hostName: primer\n')
  expect(await reportOf(text)).toContain('a.yaml:10:3  this key is given twice in the same group (keep one of them)')
})

test('a secret comes from a file, without the line end an editor puts there', async () => {
  const text = SMALLEST.replace('passphrase: canary canary canary', 'passphraseFile: /run/p').replace(
    'password: canary-canary',
    'passwordFile: pw.txt',
  )
  const files = filesWith({ '/run/p': 'from a file, with spaces \n', 'pw.txt': 'secret-9\r\n' })
  const answers = await answersOf(text, files)
  expect(answers.encryption.passphrase.reveal()).toBe('from a file, with spaces ')
  expect(answers.identity.password.reveal()).toBe('secret-9')
})

test('the content of a secret file is judged at the key that names the file', async () => {
  const text = SMALLEST.replace('passphrase: canary canary canary', 'passphraseFile: p')
  expect(await reportOf(text, filesWith({ p: 'canary\n' }))).toBe(
    'a.yaml:6:19  encryption.passphraseFile  a passphrase has at least 12 characters, got 6 (four or five random words are strong and easy to type)',
  )
  expect(await reportOf(text, filesWith({ p: '\n' }))).toBe(
    'a.yaml:6:19  encryption.passphraseFile  a passphrase is needed',
  )
  expect(await reportOf(text, filesWith({ p: 'two lines of text\nand more\n' }))).toContain(
    'no accents, tabs or line ends',
  )
})

test('a secret file that cannot be read is one problem, not two', async () => {
  const text = SMALLEST.replace('password: canary-canary', 'passwordFile: canary')
  expect(await reportOf(text)).toBe(
    'a.yaml:11:17  identity.passwordFile  this file cannot be read (check the path and its permissions)',
  )
})

test('a secret and its file together are refused', async () => {
  const text = SMALLEST.replace('  tpmUnlock', '  passphraseFile: p\n  tpmUnlock')
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
        const report = await reportOf(text)
        if (report !== 'no problem') reports++
        expect(report).not.toContain('canary')
      }
    }
  }
  expect(reports).toBeGreaterThan(300)
})

test('a file cut off anywhere gives a report or answers, never an exception', async () => {
  for (let length = 0; length <= SMALLEST.length; length++) {
    expect(await reportOf(SMALLEST.slice(0, length))).not.toContain('canary')
  }
})

test('anchors and aliases are refused', async () => {
  const text = SMALLEST.replace('userName: anna', 'userName: &x anna').replace('hostName: primer', 'hostName: *x')
  expect(await reportOf(text)).toContain('anchors (&name) and aliases (*name) are not supported here')
})

test('the confirmation must be for the same disks, and may be left out', async () => {
  const confirm = (disk: string) => `${SMALLEST}confirm:\n  erase:\n    - ${disk}\n`
  const same = await readAnswers(confirm('/dev/disk/by-id/virtio-keystone-a'), 'a.yaml', noFiles)
  expect('confirmation' in same && same.confirmation).toEqual(['/dev/disk/by-id/virtio-keystone-a'])
  expect(await reportOf(confirm('/dev/disk/by-id/other'))).toBe(
    'a.yaml:13:3  confirm.erase  confirm.erase must list exactly the disks of disk.devices (to erase them, list /dev/disk/by-id/virtio-keystone-a)',
  )
  expect(await reportOf(`${SMALLEST}confirm:\n  earse: []\n`)).toContain(
    'a.yaml:13:3  confirm.earse  there is no such key (did you mean erase?)',
  )
})

test('problems of the machine stand last, without a place in the file', async () => {
  const unfit: Hardware = { ...hardware('two-virtio-uefi-tpm'), firmware: 'bios' }
  const result = await planFromFile(SMALLEST.replace('hostName: primer', 'hostName: A'), 'a.yaml', unfit, noFiles)
  const report = 'problems' in result ? formatProblems(result.problems, 'a.yaml') : ''
  expect(report.split('\n').map((line) => line.split('  ').slice(0, 2))).toEqual([
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
      .replace('tpmUnlock: true', 'tpmUnlock: false\n  recoveryKey: false')
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
  expect(exported).toBe(`version: 1
disk:
  layout: single-zfs
  devices:
    - /dev/disk/by-id/virtio-keystone-a
  swap: 4GiB
encryption:
  # Not exported: write the passphrase into this file (mode 0600).
  passphraseFile: passphrase.txt
  tpmUnlock: true
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

# An install without questions erases only what is confirmed here:
# confirm:
#   erase:
#     - /dev/disk/by-id/virtio-keystone-a
`)
})

test('the JSON Schema asks for what the reader asks for', () => {
  const schema = answersJsonSchema()
  expect(schema.required).toEqual(['version', 'disk', 'encryption', 'identity'])
  expect(Object.keys(schema.properties ?? {})).toEqual([
    'version',
    'disk',
    'encryption',
    'network',
    'identity',
    'cluster',
    'confirm',
  ])
  expect(schema.properties?.disk).toMatchObject({ required: ['layout', 'devices'], additionalProperties: false })
  expect(schema.properties?.encryption).toMatchObject({
    required: ['tpmUnlock'],
    oneOf: [{ required: ['passphrase'] }, { required: ['passphraseFile'] }],
  })
})
