import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { formatCommand } from './command-line.ts'

test('leaves plain words alone', () => {
  expect(formatCommand('zpool', ['create', '-o', 'ashift=12', 'rpool', '/dev/disk/by-id/virtio-keystone-a'])).toBe(
    'zpool create -o ashift=12 rpool /dev/disk/by-id/virtio-keystone-a',
  )
})

test('quotes what a shell would read as something else', () => {
  expect(formatCommand('echo', ['', 'two words', "it's", '$HOME', 'a\nb'])).toBe(
    "echo '' 'two words' 'it'\\''s' '$HOME' $'a\\nb'",
  )
})

test('a real shell reads back exactly the words that were given', () => {
  const words = [
    '',
    ' ',
    "'",
    '"',
    '\\',
    "\\'",
    '$x',
    '`id`',
    '*',
    '~',
    '#',
    'a;b',
    'a\tb\nc\rd',
    '\u001b[A',
    '–ü',
    '-n',
    '!',
  ]
  const line = formatCommand('printf', ['%s\\0', ...words])
  const output = execFileSync('bash', ['-c', line], { encoding: 'utf8' })
  expect(output.split('\0').slice(0, -1)).toEqual(words)
})
