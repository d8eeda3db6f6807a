import { expect, test } from 'vitest'
import { hardware } from '../testing/machine.ts'
import { openingAnswers } from './opening-answers.ts'
import { withMatchedDisks } from './opening-disks.ts'
import { readAnswers } from './read-answers.ts'

async function opening(text: string) {
  return openingAnswers(
    await readAnswers(text, 'a.yaml', { readSecretFile: async () => null, skipsStrength: true }),
    'a.yaml',
  )
}

test('keeps what can stand in its field, also when it is wrong', async () => {
  const { drafts, problems, unanswered } = await opening(`version: 2
disk:
  layout: raid-zfs
  devices: [/dev/disk/by-id/virtio-keystone-a, 7]
  swap: 1MiB
encryption:
  passphrase: short
  unlock: "yes"
identity:
  hostName: a.b
  userName: "an\\e[2Jna"
`)
  expect(drafts.disk).toEqual({
    esp: '1GiB',
    swap: '1MiB',
    hibernation: false,
    spares: [],
    log: [],
    cache: [],
    special: [],
    dataLayout: 'none',
    dataDevices: [],
  })
  expect(drafts.encryption).toEqual({ passphrase: 'short', recoveryKey: true })
  expect(drafts.identity).toEqual({ hostName: 'a.b', sshKeys: [] })
  expect(drafts.network?.mode).toBe('dhcp')
  expect(problems.map(({ path, line }) => [path.join('.'), line])).toEqual([
    ['disk.layout', 3],
    ['disk.devices.1', 4],
    ['disk.swap', 5],
    ['encryption.passphrase', 7],
    ['encryption.unlock', 8],
    ['identity.hostName', 10],
    ['identity.userName', 11],
  ])
  expect([...unanswered]).toEqual(['disk', 'encryption', 'identity'])
})

const BY_FILTER = `version: 2
disk:
  layout: mirror-zfs
  devices:
    - match: { serial: keystone-?, transport: virtio }
      count: 2
`

test('disks by filter come to the page as soon as the machine is known', async () => {
  const first = await opening(BY_FILTER)
  expect([first.drafts.disk?.devices, first.problems]).toEqual([[], []])
  const found = withMatchedDisks(first, hardware('two-virtio-uefi-tpm'))
  expect(found.drafts.disk?.devices).toEqual(['/dev/disk/by-id/virtio-keystone-a', '/dev/disk/by-id/virtio-keystone-b'])
  expect(found.problems).toEqual([])
})

test('a filter that finds nothing here is told at its place, and the disk page is to be answered', async () => {
  const found = withMatchedDisks(await opening(BY_FILTER), hardware('one-nvme-uefi'))
  expect(found.drafts.disk?.devices).toEqual([])
  expect(found.problems.map(({ code, line }) => [code, line])).toEqual([['no-disk-matches', 5]])
  expect(found.unanswered.has('disk')).toBe(true)
})

test('a secret that is to be asked for is open, without a reproach', async () => {
  const { drafts, problems, unanswered } = await opening(
    'version: 2\nencryption:\n  unlock: passphrase\n  passphrasePrompt: true\n',
  )
  expect([drafts.encryption, problems]).toEqual([{ unlock: 'passphrase', recoveryKey: true }, []])
  expect(unanswered.has('encryption')).toBe(true)
})

test('a secret that is not what it looks like does not come to the page', async () => {
  const { drafts, problems, unanswered } = await opening(
    'version: 2\nencryption:\n  unlock: passphrase\n  passphrase: $PASSPHRASE\nidentity:\n  password: goose-goose #12\n',
  )
  expect([drafts.encryption?.passphrase, drafts.identity?.password]).toEqual([undefined, undefined])
  expect(problems.map(({ code, line }) => [code, line])).toEqual([
    ['secret-is-variable', 4],
    ['secret-cut-by-comment', 6],
  ])
  expect([unanswered.has('encryption'), unanswered.has('identity')]).toEqual([true, true])
})

test('what is left out is no problem, but the page is still to be answered', async () => {
  const { problems, unanswered } = await opening('version: 2\ncluster:\n  name: attic\n')
  expect(problems).toEqual([])
  expect([...unanswered]).toEqual(['disk', 'encryption', 'identity'])
})

test.each([
  ['', 'the file is empty'],
  ['a: "b', 'the quote that opens here is never closed'],
  ['version: 3', 'this Keystone reads answer files of version 1 and 2, got 3'],
])('of %j nothing is taken, and the reason is kept', async (text, message) => {
  const { drafts, problems, unanswered } = await opening(text)
  expect(drafts.disk ?? {}).toEqual({})
  expect(problems.map((problem) => problem.message)).toEqual([message])
  expect(unanswered.size).toBe(6)
})
