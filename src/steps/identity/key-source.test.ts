import { expect, test } from 'vitest'
import { fingerprint } from './fingerprint.ts'
import { keySourceOf, keysIn } from './key-source.ts'

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICUwO0ZRXGdyfYiTnqm0v8rV4Ov2AQwXIi04Q05ZZG96'

test('a fingerprint is the one that ssh-keygen -lf prints', () => {
  expect(fingerprint(`${KEY} anna@laptop`)).toBe('SHA256:jMtLbcm6rO027qTX3y5wqQfpU7jF2C0mTrXHNrnJ/zk')
})

test.each([
  [KEY, null],
  ['anna', null],
  ['/iso/keys.pub', { kind: 'file', path: '/iso/keys.pub' }],
  ['~/.ssh/id_ed25519.pub', { kind: 'file', path: '/root/.ssh/id_ed25519.pub' }],
  ['github:anna', { kind: 'url', url: 'https://github.com/anna.keys', name: 'github:anna' }],
  ['gh:a-b', { kind: 'url', url: 'https://github.com/a-b.keys', name: 'github:a-b' }],
  [
    'https://example.org/anna.keys',
    { kind: 'url', url: 'https://example.org/anna.keys', name: 'https://example.org/anna.keys' },
  ],
])('%j is taken as %j', (text, source) => {
  expect(keySourceOf(text)).toEqual(source)
})

test.each([
  'github:',
  'github:anna/../x',
  'github:-anna',
  `github:${'a'.repeat(40)}`,
  'http://example.org/keys',
  'https://',
  'https://anna:pw@example.org/',
])('%j is refused as a source', (text) => {
  expect(keySourceOf(text)).toMatchObject({ finding: { code: 'invalid-key-source' } })
})

test('keys of a file: each once, comments passed over, what is no key counted with the reason', () => {
  expect(keysIn(`# anna\r\n${KEY} anna@laptop\r\n\r\n${KEY} anna@laptop\nssh-dss AAAA\n`)).toEqual({
    keys: [`${KEY} anna@laptop`],
    refusedCount: 1,
    firstRefusal: {
      code: 'invalid-ssh-key',
      message:
        'an SSH key begins with one of ssh-ed25519, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, ecdsa-sha2-nistp521, ssh-rsa or a sk- type',
      hint: 'paste the one line of a .pub file, such as ~/.ssh/id_ed25519.pub',
    },
  })
})
