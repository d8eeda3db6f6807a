import { expect, test } from 'vitest'
import { readAnswers } from './read-answers.ts'
import { redactAnswers, redactedText } from './redact-answers.ts'

const FILE = `# passphrase was: canary one canary
version: 1
disk:
  layout: single-zfs
  devices: [/dev/disk/by-id/virtio-keystone-a]
encryption:
  passphrase: canary two canary # canary three
  tpmUnlock: true
identity:
  hostName: primer
  userName: anna
  passwordFile: password.txt
confirm:
  erase: [/dev/disk/by-id/virtio-keystone-a]
`
const readSecretFile = async (path: string) => (path === 'password.txt' ? 'canary-four\n' : null)
const read = (text: string) => readAnswers(text, 'answers.yaml', { readSecretFile })

test('shows what the file says with every secret and comment gone', async () => {
  expect(redactedText(await read(FILE))).toBe(`version: 1
disk:
  layout: single-zfs
  devices:
    - /dev/disk/by-id/virtio-keystone-a
  swap: 4GiB
encryption:
  passphrase: "***"
  tpmUnlock: true
  recoveryKey: true
network:
  interface: any
  mode: dhcp
  nameservers: []
identity:
  hostName: primer
  userName: anna
  passwordFile: password.txt
  sshKeys: []
cluster:
  name: home
  role: primer
confirm:
  erase:
    - /dev/disk/by-id/virtio-keystone-a
`)
})

test('a section with problems is not shown, one that only leaves its secret out is', async () => {
  const text = FILE.replace('  passwordFile: password.txt\n', '').replace('passphrase: canary', 'pasphrase: canary')
  const shown = redactAnswers(await read(text))
  expect(shown.encryption).toBeUndefined()
  expect(shown.identity).toEqual({ sshKeys: [], hostName: 'primer', userName: 'anna' })
  expect(JSON.stringify(shown)).not.toContain('canary')
})

test('the name of a file that was not found is not shown: it may be the secret itself', async () => {
  const shown = redactAnswers(await read(FILE.replace('password.txt', 'canary')))
  expect(JSON.stringify(shown)).not.toContain('canary')
})

test('no secret is shown, however the file is broken', async () => {
  const lines = FILE.split('\n')
  const breakages = ['"', "'", ': ', '*', '&a ', '!t ', '|', '{', '[', '\t', '- ', '? ', '\\']
  for (const index of lines.keys()) {
    for (const breakage of breakages) {
      for (const broken of [`${breakage}${lines[index]}`, lines[index]?.replace(': ', `: ${breakage}`) ?? '']) {
        expect(redactedText(await read(lines.with(index, broken).join('\n')))).not.toContain('canary')
      }
    }
  }
})
