import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type CursorReport, createKeyDecoder, type Key } from './key-decoder.ts'
import { SEQUENCES, VT220_HELP } from './key-table.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function decoder() {
  const keys: Key[] = []
  const reports: CursorReport[] = []
  const made = createKeyDecoder({ onKey: (key) => keys.push(key), onCursorReport: (report) => reports.push(report) })
  return { keys, reports, push: made.push, wait: (ms: number) => vi.advanceTimersByTime(ms) }
}

/** All ways to cut the bytes in two, and each byte alone. */
function cuts(bytes: Buffer): Buffer[][] {
  const inTwo = Array.from({ length: bytes.length - 1 }, (_, at) => [bytes.subarray(0, at + 1), bytes.subarray(at + 1)])
  return [...inTwo, [...bytes].map((byte) => Buffer.from([byte]))]
}

test.each([...SEQUENCES, [VT220_HELP, 'f1'] as const])(
  'one key for %j however the line cuts it, with pauses below the wait',
  (sequence, name) => {
    for (const pieces of cuts(Buffer.from(sequence))) {
      const { keys, push, wait } = decoder()
      for (const piece of pieces) {
        push(piece)
        wait(190)
      }
      wait(5000)
      expect(keys).toEqual([{ name }])
    }
  },
)

test.each(['é', 'ß', '€', '漢', '🔑'])('the character %s survives a cut between its bytes', (char) => {
  for (const pieces of cuts(Buffer.from(char))) {
    const { keys, push } = decoder()
    for (const piece of pieces) push(piece)
    expect(keys).toEqual([{ name: 'text', text: char }])
  }
})

test('a lone ESC counts after 200 ms, not before', () => {
  const { keys, push, wait } = decoder()
  push('\u001B')
  wait(199)
  expect(keys).toEqual([])
  wait(1)
  expect(keys).toEqual([{ name: 'escape' }])
})

test('half a sequence that never ends is dropped, not typed', () => {
  const { keys, push, wait } = decoder()
  push('\u001B[1;')
  wait(5000)
  push('x')
  expect(keys).toEqual([{ name: 'text', text: 'x' }])
})

test('Esc and a letter in one chunk are two keys', () => {
  const { keys, push } = decoder()
  push('\u001By')
  expect(keys).toEqual([{ name: 'escape' }, { name: 'text', text: 'y' }])
})

test('Esc and an arrow in one chunk are two keys', () => {
  const { keys, push } = decoder()
  push('\u001B\u001B[A')
  expect(keys).toEqual([{ name: 'escape' }, { name: 'up' }])
})

test('text, Enter and arrows in one chunk all come out, in order', () => {
  const { keys, push } = decoder()
  push('vda\r\u001B[B\u001B[By\u0003')
  expect(keys).toEqual([
    { name: 'text', text: 'vda' },
    { name: 'enter' },
    { name: 'down' },
    { name: 'down' },
    { name: 'text', text: 'y' },
    { name: 'ctrl-c' },
  ])
})

test.each(['\r\n', '\r\0', '\r', '\n'])('%j is one Enter', (bytes) => {
  const { keys, push } = decoder()
  push(bytes)
  expect(keys).toEqual([{ name: 'enter' }])
})

test('two Enters are two', () => {
  const { keys, push } = decoder()
  push('\r\r')
  expect(keys).toEqual([{ name: 'enter' }, { name: 'enter' }])
})

test('a paste in brackets is one key, with plain line ends, and keys inside it do nothing', () => {
  for (const pieces of cuts(Buffer.from('\u001B[200~one\r\ntwo\u001B[A\u001B[201~x'))) {
    const { keys, push } = decoder()
    for (const piece of pieces) push(piece)
    expect(keys).toEqual([
      { name: 'paste', text: 'one\ntwo\u001B[A' },
      { name: 'text', text: 'x' },
    ])
  }
})

test('a paste whose end is lost comes out after a while', () => {
  const { keys, push, wait } = decoder()
  push('\u001B[200~ssh-ed25519 AAAA')
  wait(2000)
  expect(keys).toEqual([{ name: 'paste', text: 'ssh-ed25519 AAAA' }])
})

test.each([
  '\u001B[?1;2c',
  '\u001B[>0;276;0c',
  '\u001B[0n',
  '\u001B[?2026;2$y',
  '\u001B[8;24;80t',
  '\u001B[I',
  '\u001B[O',
])('the terminal reply %j is no key', (reply) => {
  const { keys, push, wait } = decoder()
  push(`${reply}a`)
  wait(5000)
  expect(keys).toEqual([{ name: 'text', text: 'a' }])
})

test('a cursor report is told, and is no key', () => {
  const { keys, reports, push } = decoder()
  push('\u001B[50;132R')
  expect({ keys, reports }).toEqual({ keys: [], reports: [{ row: 50, column: 132 }] })
})

test('Ctrl on an arrow is the arrow', () => {
  const { keys, push } = decoder()
  push('\u001B[1;5A\u001B[5;5~')
  expect(keys).toEqual([{ name: 'up' }, { name: 'page-up' }])
})

test('a byte that is no UTF-8 is told apart from text', () => {
  const { keys, push } = decoder()
  push(Buffer.from([0x61, 0xe4, 0x62]))
  expect(keys).toEqual([{ name: 'text', text: 'a' }, { name: 'invalid' }, { name: 'text', text: 'b' }])
})

test('the keypad of a vt220 types digits', () => {
  const { keys, push } = decoder()
  push('\u001BOp\u001BOy\u001BOM')
  expect(keys).toEqual([{ name: 'text', text: '0' }, { name: 'text', text: '9' }, { name: 'enter' }])
})

test('half a character that nothing follows is told as well', () => {
  const { keys, push, wait } = decoder()
  push(Buffer.from([0x61, 0xe4]))
  wait(200)
  expect(keys).toEqual([{ name: 'text', text: 'a' }, { name: 'invalid' }])
})
