import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { Cancelled } from '../system/errors.ts'
import { type HiddenInput, readHiddenLine } from './hidden-line.ts'

/** A terminal that types `chunks` as soon as somebody listens; null ends it. */
function typing(...chunks: readonly (string | null)[]) {
  const modes: boolean[] = []
  const emitter = new EventEmitter()
  const input = Object.assign(emitter, {
    setRawMode: (isRaw: boolean) => modes.push(isRaw),
    setEncoding: () => {},
    pause: () => {},
    resume: () =>
      queueMicrotask(() => {
        for (const chunk of chunks) emitter.emit(chunk === null ? 'end' : 'data', chunk)
      }),
  }) as unknown as HiddenInput
  return { input, modes }
}

test.each([
  [['swordfish\r'], 'swordfish'],
  [['sword', 'fish\n'], 'swordfish'],
  [['wrong\u0015swordfish\r'], 'swordfish'],
  [['swordfishx\u007f\r'], 'swordfish'],
  [['ab\b\b\b\u007fc\r'], 'c'],
  [['påske 🐟\u007f!\r'], 'påske !'],
  [['\r'], ''],
])('%j is the line %j, and nothing of it is shown', async (chunks, line) => {
  const { input, modes } = typing(...chunks)
  const written: string[] = []
  const secret = await readHiddenLine(input, (text) => written.push(text), 'Passphrase: ')
  expect(secret?.reveal()).toBe(line)
  expect(written).toEqual(['Passphrase: ', '\n'])
  expect(modes).toEqual([true, false])
})

test('Ctrl-C cancels and gives the terminal back', async () => {
  const { input, modes } = typing('half\u0003')
  await expect(readHiddenLine(input, () => {}, '? ')).rejects.toThrow(Cancelled)
  expect(modes).toEqual([true, false])
})

test.each([['\u0004'], [null]])('%j: there is nobody to ask', async (chunk) => {
  expect(await readHiddenLine(typing(chunk).input, () => {}, '? ')).toBeNull()
})
