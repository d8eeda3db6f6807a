import { expect, test } from 'vitest'
import { readAnswers } from './read-answers.ts'

const options = { readSecretFile: async () => null, skipsStrength: true }

/** The excerpts of all problems of a file, in its order. */
async function excerptsOf(text: string): Promise<(string | undefined)[]> {
  return (await readAnswers(text, 'a.yaml', options)).problems.map(({ excerpt }) => excerpt)
}

test('shows the line with a caret under the place', async () => {
  expect(await excerptsOf('version: 2\nnetwork:\n  interface: enp/0\ndisk:\nencryption:\nidentity:\n')).toContain(
    '   3 |   interface: enp/0\n     |              ^',
  )
})

test('a secret is hidden, and what follows it on the line is not', async () => {
  const [first] = await excerptsOf('version: 2\nencryption: { passphrase: canary canary, unlock: tmp }\n').then((all) =>
    all.filter((excerpt) => excerpt?.includes('unlock')),
  )
  expect(first).toBe(
    '   2 | encryption: { passphrase: ***, unlock: tmp }\n     |                                        ^',
  )
})

test.each([
  ['a block of lines', 'passphrase: |\n    canary one\n    canary two\n  passphraseFile: p'],
  ['a folded text', 'passphrase: >-\n    canary one\n\n    canary two\n  passphraseFile: p'],
  ['a text in quotes over lines', 'passphrase: "canary\n    canary"\n  passphraseFile: p'],
  ['a list', 'passphrase:\n    - canary'],
  ['a group', 'passphrase: { canary: canary }'],
  ['a misspelt key', 'passphrse: canary'],
  ['a key that nobody knows', 'secret: canary'],
  ['a path that may be the secret', 'passphraseFile: canary'],
  ['a variable that may be the secret', 'passphraseEnv: canary secret'],
  ['a comment behind', 'unlock: tmp # canary'],
  ['another key', 'unlock: { passphrase: canary }'],
])('no excerpt shows a secret in %s', async (_name, line) => {
  const excerpts = await excerptsOf(`version: 2\nencryption:\n  ${line}\n`)
  expect(excerpts.length).toBeGreaterThan(0)
  // Keys are named; values are not.
  expect(excerpts.join('\n').replaceAll(/canary:/g, '')).not.toContain('canary')
})

test('a private key among the public ones is hidden', async () => {
  const key = '-----BEGIN OPENSSH PRIVATE KEY-----\\ncanary'
  expect((await excerptsOf(`version: 2\nidentity:\n  sshKeys: ["${key}"]\n`)).join('\n')).not.toContain('canary')
})

test.each([
  ['server', 'https://anna:canary@primer.home'],
  ['server', 'http://anna:ca/nary@primer.home/api'],
  ['server', 'anna:canary@primer.home'],
  ['meshUrl', '"https://anna:canary@mesh.example"'],
])('a password in the address of %s is hidden: %s', async (key, address) => {
  const excerpts = await excerptsOf(`version: 2\ncluster:\n  role: worker\n  ${key}: ${address}\n`)
  expect(excerpts).toContain(`   4 |   ${key}: ***\n     |   ${' '.repeat(key.length)}  ^`)
  // The same in a file that is no YAML.
  const broken = await excerptsOf(`version: 2\ncluster:\n  role: [\n  ${key}: ${address}\n`)
  expect([...excerpts, ...broken].join('\n')).not.toMatch(/ca\/?nary/)
})

test('of a long line the part around the place is shown', async () => {
  const list = Array.from({ length: 40 }, (_, at) => `10.0.0.${at}`).join(', ')
  const text = `version: 2\nnetwork:\n  interface: eth0\n  mode: static\n  nameservers: [${list}, name.example]\n`
  const excerpt = (await excerptsOf(text)).find((each) => each?.includes('name.example'))
  const [line = '', caret = ''] = excerpt?.split('\n') ?? []
  expect(line.length).toBeLessThan(95)
  expect(line.slice(caret.indexOf('^'))).toBe('name.example]')
  expect(line).toMatch(/^ {3}5 \| \.\.\./)
})

test('wide signs before the place do not move the caret away from it', async () => {
  const line = 'identity: { userName: "家🐟", hostName: A }'
  const excerpts = await excerptsOf(`version: 2\n${line}\n`)
  const carets = excerpts.map((excerpt) => excerpt?.split('\n')[1]?.indexOf('^'))
  // The two take three code units and four columns.
  expect(carets).toContain(`   2 | ${line}`.indexOf('A }') + 1)
})

test('what would move the cursor is shown as a sign', async () => {
  const excerpts = await excerptsOf('version: 2\nidentity:\n  hostName: "a\u202eb"\n')
  expect(excerpts.join('\n')).toContain('hostName: "a?b"')
})
