import { expect, test } from 'vitest'
import { toAscii } from './ascii.ts'
import { closed, cut, displayWidth, plainLine, sentence, wrap, wrapHard } from './text.ts'

test('width counts columns, not characters', () => {
  expect(['abc', 'é', 'e\u0301', '漢字', '🔑', '│'].map(displayWidth)).toEqual([3, 1, 1, 4, 2, 1])
})

test('wraps at spaces and breaks words that are too long', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrap('see /dev/disk/by-id/virtio', 10)).toEqual(['see', '/dev/disk/', 'by-id/virt', 'io'])
  expect(wrap('', 10)).toEqual([''])
})

test('a log line is broken where the screen ends, and keeps its spaces', () => {
  expect(wrapHard('a  b  c', 3)).toEqual(['a  ', 'b  ', 'c'])
  expect(wrapHard('', 3)).toEqual([''])
})

test('what is cut off shows it', () => {
  expect([cut('abcdef', 6), cut('abcdef', 5), cut('漢字漢', 5)]).toEqual(['abcdef', 'abcd…', '漢字…'])
})

test('a line of a program cannot move our cursor or colour our screen', () => {
  expect(plainLine('\u001B[31mred\u001B[0m\u001B[2J \u001B]0;title\u0007end')).toBe('red end')
  expect(plainLine('10%\r50%\r100%')).toBe('100%')
  expect(plainLine('a\tb\u0000\u0007')).toBe('a    b')
})

test('sentences begin in upper case, names stay as they are', () => {
  const words = [
    'a host name',
    'vda is read-only',
    'nvme0n1 is in use',
    'mirror-zfs needs',
    'vdata',
    '/dev/sda is',
    'github:anna is',
  ]
  expect(words.map(sentence)).toEqual([
    'A host name',
    'vda is read-only',
    'nvme0n1 is in use',
    'mirror-zfs needs',
    'Vdata',
    '/dev/sda is',
    'github:anna is',
  ])
})

test('a sentence ends once, also one that asks', () => {
  expect(['it is so', 'is it so?', 'it is so.'].map(closed)).toEqual(['it is so.', 'is it so?', 'it is so.'])
})

test('in ASCII every column stays where it is', () => {
  const text = '❯ ✓ ── █░ · … ├─ 漢 é 🔑'
  expect(toAscii(text)).toBe('> + -- #. - . |- ?? ? ??')
  expect(displayWidth(toAscii(text))).toBe(displayWidth(text))
  expect(toAscii('\u001B[1mbold\u001B[22m')).toBe('\u001B[1mbold\u001B[22m')
})
