import { expect, test } from 'vitest'
import { formatProblems } from './format-problems.ts'
import { migrateText } from './migrate-text.ts'
import { readAnswers } from './read-answers.ts'

const VERSION_1 = `# the attic
version: 1 # the first
disk:
  layout: mirror-zfs
  devices:
    - /dev/disk/by-id/virtio-keystone-a # left slot
    # the right one
    - /dev/disk/by-id/virtio-keystone-b
  swap: 512MiB
encryption:
  # kept in the safe
  passphrase: "canary: canary canary" # really
  tpmUnlock: true # since 2025
identity:
  hostName: primer
  userName: anna
  password: canary-canary
  sshKeys:
    - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICUwO0ZRXGdyfYiTnqm0v8rV4Ov2AQwXIi04Q05ZZG96 a key with a long comment behind it
confirm:
  # both of them
  erase: [/dev/disk/by-id/virtio-keystone-b, /dev/disk/by-id/virtio-keystone-a]
`
const options = { readSecretFile: async () => null, skipsStrength: true }

test('a file of version 1 becomes one of version 2, with its comments', () => {
  expect(migrateText(VERSION_1, 'a.yaml')).toEqual({
    fromVersion: 1,
    text: `# the attic
version: 2 # the first
disk:
  layout: mirror-zfs
  devices:
    - id: /dev/disk/by-id/virtio-keystone-a # left slot
      wipe: true
    # the right one
    - id: /dev/disk/by-id/virtio-keystone-b
      wipe: true
  swap: 512MiB
encryption:
  # kept in the safe
  passphrase: "canary: canary canary" # really
  unlock: tpm # since 2025
identity:
  hostName: primer
  userName: anna
  password: canary-canary
  sshKeys:
    - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICUwO0ZRXGdyfYiTnqm0v8rV4Ov2AQwXIi04Q05ZZG96 a key with a long comment behind it

# both of them
`,
  })
})

test('both versions of a file give the same answers', async () => {
  const migrated = migrateText(VERSION_1, 'a.yaml')
  const before = await readAnswers(VERSION_1, 'a.yaml', options)
  const after = await readAnswers('text' in migrated ? migrated.text : '', 'a.yaml', options)
  expect(after.answers).not.toBeNull()
  expect(after.answers).toEqual(before.answers)
  expect([before.unconfirmed, after.unconfirmed]).toEqual([[], []])
})

test('a file that is migrated already is left as it is, byte for byte', () => {
  const text = 'version:   2\n\n\ncluster:  {name:  attic}\n'
  expect(migrateText(text, 'a.yaml')).toEqual({ fromVersion: 2, text })
})

async function reportOf(text: string): Promise<string> {
  return formatProblems((await readAnswers(text, 'a.yaml', options)).problems, 'a.yaml')
}

test('problems are shown where the person wrote them, and by the name that they know', async () => {
  expect(
    await reportOf(VERSION_1.replace('virtio-keystone-b\n  swap: 512MiB', 'virtio keystone\n  swap: 4GB')),
  ).toContain(
    `a.yaml:9:9  disk.swap  a size is a number with MiB, GiB or TiB, got "4GB" (for example 4GiB, or 0 for no swap)
   9 |   swap: 4GB
     |         ^`,
  )
  expect(await reportOf(VERSION_1.replace('tpmUnlock: true', 'tpmUnlock: yes'))).toBe(
    `a.yaml:13:14  encryption.tpmUnlock  must be true or false, got text (write true or false, without quotes)
  13 |   tpmUnlock: yes
     |              ^`,
  )
  expect(await reportOf(VERSION_1.replace(/ +tpmUnlock.*\n/, ''))).toContain(
    'a.yaml:10:1  encryption.tpmUnlock  is needed, but not given (true: unlock by the TPM2',
  )
})

test('what version 1 did not know is refused in it, and not judged by the rules of today', async () => {
  expect(await reportOf(VERSION_1.replace('  swap: 512MiB', '  swap: 512MiB\n  esp: 1'))).toBe(
    `a.yaml:10:3  disk.esp  an answer file of version 1 has no such key (for what version 2 knows: keystone answers migrate rewrites the file)
  10 |   esp: 1
     |   ^`,
  )
  expect(await reportOf(VERSION_1.replace('confirm:', 'system: {}\nconfirm:'))).toContain(
    'a.yaml:20:1  system  an answer',
  )
})

test.each([
  ['  erase: [/dev/disk/by-id/virtio-keystone-b]', 'a.yaml:22:3  confirm.erase  confirm.erase must list exactly'],
  ['  erase: all', 'a.yaml:22:10  confirm.erase  must be a list, got text'],
  ['  earse: []', 'a.yaml:22:3  confirm.earse  there is no such key (did you mean erase?)'],
])('a confirmation that says %j confirms nothing', async (line, report) => {
  const text = VERSION_1.replace(/ {2}erase: .*/, line)
  expect(await reportOf(text)).toContain(report)
  expect('problems' in migrateText(text, 'a.yaml')).toBe(true)
})

test('without a confirmation nothing is confirmed, and the file says where to write it', async () => {
  const text = VERSION_1.slice(0, VERSION_1.indexOf('confirm:'))
  const { unconfirmed } = await readAnswers(text, 'a.yaml', options)
  expect(unconfirmed.map(({ code, path }) => [code, path])).toEqual([['not-confirmed', ['confirm']]])
  const migrated = migrateText(text, 'a.yaml')
  expect('text' in migrated && migrated.text).not.toContain('wipe')
})

test('no report on a file of version 1 shows a secret, however it is broken', async () => {
  const lines = VERSION_1.split('\n')
  for (const index of lines.keys()) {
    for (const breakage of ['"', "'", ': ', '*', '&a ', '!t ', '|', '>', '{', '[', '\t', '- ', '? ', '\\', '#']) {
      for (const broken of [`${breakage}${lines[index]}`, lines[index]?.replace(': ', `: ${breakage}`) ?? '']) {
        expect(await reportOf(lines.with(index, broken).join('\n'))).not.toContain('canary')
      }
    }
  }
})
