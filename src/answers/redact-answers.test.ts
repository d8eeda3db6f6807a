import { expect, test } from 'vitest'
import { readAnswers } from './read-answers.ts'
import { redactAnswers, redactedText } from './redact-answers.ts'

const FILE = `# passphrase was: canary one canary
version: 2
disk:
  layout: single-zfs
  devices: [{ id: /dev/disk/by-id/virtio-keystone-a, wipe: true }]
encryption:
  passphrase: canary two canary # canary three
  unlock: tpm
network:
  interface: wlp2s0
  wifiName: attic
  wifiPassphraseEnv: WIFI
identity:
  hostName: primer
  userName: anna
  passwordFile: password.txt
`
const readSecretFile = async (path: string) => (path === 'password.txt' ? 'canary-four\n' : null)
const readVariable = (name: string) => (name === 'WIFI' ? 'canary-five' : null)
const read = (text: string) => readAnswers(text, 'answers.yaml', { readSecretFile, readVariable, skipsStrength: true })

test('shows what the file says with every secret and comment gone', async () => {
  expect(redactedText(await read(FILE))).toBe(`version: 2
system:
  language: en_US.UTF-8
  keyboard: us
  timeZone: UTC
disk:
  layout: single-zfs
  devices:
    - id: /dev/disk/by-id/virtio-keystone-a
      wipe: true
  esp: 1GiB
  swap: 4GiB
  hibernation: false
  dataLayout: none
encryption:
  unlock: tpm
  passphrase: "***"
  recoveryKey: true
network:
  interface: wlp2s0
  bondMode: active-backup
  mode: dhcp
  wifiName: attic
  wifiPassphraseEnv: WIFI
identity:
  hostName: primer
  userName: anna
  passwordFile: password.txt
cluster:
  name: home
  role: primer
`)
})

test('a section with problems is not shown, one that only leaves its secret out is', async () => {
  const text = FILE.replace('  passwordFile: password.txt\n', '').replace('passphrase: canary', 'pasphrase: canary')
  const shown = redactAnswers(await read(text))
  expect(shown.encryption).toBeUndefined()
  expect(shown.identity).toEqual({ hostName: 'primer', userName: 'anna' })
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
