import { expect, test } from 'vitest'
import { fakeSystem } from '../testing/fake-system.ts'
import { findKeys } from './find-keys.ts'

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICUwO0ZRXGdyfYiTnqm0v8rV4Ov2AQwXIi04Q05ZZG96 anna@laptop'
const CURL =
  'curl --fail --silent --proto =https --proto-redir =https --location --max-redirs 3 --max-time 20 --max-filesize 65536 -- https://github.com/anna.keys'
const ANNA = { kind: 'url', url: 'https://github.com/anna.keys', name: 'github:anna' } as const

test('the keys of a GitHub user, by https alone', async () => {
  const system = fakeSystem({ commands: { [CURL]: `${KEY}\n` } })
  expect(await findKeys(system, ANNA)).toEqual({ problems: [], good: [], unknown: [], found: [KEY] })
})

test('by the proxy that was filled in', async () => {
  const system = fakeSystem({ commands: { [CURL]: `${KEY}\n` } })
  await findKeys(system, ANNA, 'http://proxy.example:3128')
  expect(system.calls().map(({ options }) => options.proxy)).toEqual(['http://proxy.example:3128'])
})

test.each([
  [6, 'github:anna could not be fetched: the name is not known; is this machine online?'],
  [22, 'github:anna could not be fetched: the server has no such page'],
  [99, 'github:anna could not be fetched: curl ended with code 99'],
])('curl ends with %i: %s', async (exitCode, message) => {
  const system = fakeSystem({ commands: { [CURL]: { exitCode } } })
  expect((await findKeys(system, ANNA)).problems).toEqual([
    { code: 'keys-not-fetched', path: ['identity', 'sshKeys'], message, hint: 'type or paste the key instead' },
  ])
})

test('a page that is no list of keys', async () => {
  const system = fakeSystem({ commands: { [CURL]: '<!DOCTYPE html>\n<html>' } })
  const { problems, unknown, found } = await findKeys(system, ANNA)
  expect(problems.map(({ code }) => code)).toEqual(['no-keys-found'])
  expect(unknown).toEqual([expect.stringContaining('2 lines are passed over')])
  expect(found).toEqual([])
})

test('a file, and one that is not there', async () => {
  const system = fakeSystem({ files: { '/iso/anna.pub': `${KEY}\n` } })
  expect((await findKeys(system, { kind: 'file', path: '/iso/anna.pub' })).found).toEqual([KEY])
  const { problems } = await findKeys(system, { kind: 'file', path: '/iso/ben.pub' })
  expect(problems.map(({ message }) => message)).toEqual(['/iso/ben.pub cannot be read'])
})

test('a private key is refused, and nothing of it is said', async () => {
  const text = '-----BEGIN OPENSSH PRIVATE KEY-----\ncanary\n-----END OPENSSH PRIVATE KEY-----\n'
  const result = await findKeys(fakeSystem({ files: { '/root/id': text } }), { kind: 'file', path: '/root/id' })
  expect(result.found).toEqual([])
  expect(JSON.stringify(result)).not.toContain('canary')
})
