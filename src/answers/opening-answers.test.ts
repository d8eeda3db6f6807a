import { expect, test } from 'vitest'
import { openingAnswers } from './opening-answers.ts'
import { readAnswers } from './read-answers.ts'

async function opening(text: string) {
  return openingAnswers(await readAnswers(text, 'a.yaml', { readSecretFile: async () => null }), 'a.yaml')
}

test('keeps what can stand in its field, also when it is wrong', async () => {
  const { drafts, problems, unanswered } = await opening(`version: 1
disk:
  layout: raid-zfs
  devices: [/dev/disk/by-id/virtio-keystone-a, 7]
  swap: 1MiB
encryption:
  passphrase: short
  tpmUnlock: "yes"
identity:
  hostName: a.b
  userName: "an\\e[2Jna"
`)
  expect(drafts).toEqual({
    disk: { swap: '1MiB' },
    encryption: { passphrase: 'short', recoveryKey: true },
    network: { interface: 'any', mode: 'dhcp', address: '', gateway: '', nameservers: [] },
    identity: { hostName: 'a.b', sshKeys: [] },
    cluster: { name: 'home', role: 'primer' },
  })
  expect(problems.map(({ path, line }) => [path.join('.'), line])).toEqual([
    ['disk.layout', 3],
    ['disk.devices.1', 4],
    ['disk.swap', 5],
    ['encryption.passphrase', 7],
    ['encryption.tpmUnlock', 8],
    ['identity.hostName', 10],
    ['identity.userName', 11],
  ])
  expect([...unanswered]).toEqual(['disk', 'encryption', 'identity'])
})

test('what is left out is no problem, but the page is still to be answered', async () => {
  const { problems, unanswered } = await opening('version: 1\ncluster:\n  name: attic\n')
  expect(problems).toEqual([])
  expect([...unanswered]).toEqual(['disk', 'encryption', 'identity'])
})

test.each([
  ['', 'the file is empty'],
  ['a: "b', 'the quote that opens here is never closed'],
  ['version: 2', 'this Keystone reads answer files of version 1, got 2'],
])('of %j nothing is taken, and the reason is kept', async (text, message) => {
  const { drafts, problems, unanswered } = await opening(text)
  expect(drafts.disk).toEqual({})
  expect(problems.map((problem) => problem.message)).toEqual([message])
  expect(unanswered.size).toBe(5)
})
