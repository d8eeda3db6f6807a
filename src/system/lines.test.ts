import { expect, test } from 'vitest'
import { createLineSplitter } from './lines.ts'

const TEXT = 'erster\r\nzwölf %\rfünfzig %\r\n\nletzte 🌲'
const LINES = ['erster', 'zwölf %', 'fünfzig %', 'letzte 🌲']

test('gives the same lines wherever the stream is cut, also inside a character', () => {
  const bytes = new TextEncoder().encode(TEXT)
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const lines: string[] = []
    const splitter = createLineSplitter((line) => lines.push(line))
    splitter.push(bytes.subarray(0, cut))
    splitter.push(bytes.subarray(cut))
    splitter.end()
    expect(lines).toEqual(LINES)
  }
})

test('delivers a line as soon as it is complete', () => {
  const lines: string[] = []
  const splitter = createLineSplitter((line) => lines.push(line))
  splitter.push(new TextEncoder().encode('one\ntw'))
  expect(lines).toEqual(['one'])
})
