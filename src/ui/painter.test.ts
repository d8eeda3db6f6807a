import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPainter, type TerminalOutput } from './painter.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A terminal that notes what is written, and takes no more after a full buffer until it is drained. */
function terminal(size: { columns?: number; rows?: number } = { columns: 10, rows: 3 }) {
  const writes: string[] = []
  const output = Object.assign(new EventEmitter(), {
    ...size,
    isFull: false,
    write(text: string) {
      writes.push(text)
      return !output.isFull
    },
  })
  const painter = createPainter(output as unknown as TerminalOutput, { isUnicode: true })
  painter.start()
  vi.advanceTimersByTime(100)
  writes.length = 0
  const draw = (frame: string) => painter.inkStdout.write(frame)
  return { output, painter, writes, draw }
}

const row = (number: number, text: string) => `\u001B[${number};1H${text}\u001B[0m\u001B[K`

test('draws only the lines that changed', () => {
  const { writes, draw } = terminal()
  draw('one\ntwo\nthree')
  vi.advanceTimersByTime(100)
  draw('one\n2\nthree')
  expect(writes).toEqual([row(1, 'one') + row(2, 'two') + row(3, 'three'), row(2, '2')])
})

test('a line that fills its row is not cleared behind, which would take its last character', () => {
  const { writes, draw } = terminal()
  draw('0123456789')
  expect(writes).toEqual(['\u001B[1;1H0123456789\u001B[0m'])
})

test('of many frames in one moment the first and the last are drawn', () => {
  const { writes, draw } = terminal()
  for (const frame of ['a', 'b', 'c']) draw(frame)
  vi.advanceTimersByTime(100)
  expect(writes).toEqual([row(1, 'a'), row(1, 'c')])
})

test('a slow line gets no new frame before the last one is through, and then only the newest', () => {
  const { output, writes, draw } = terminal()
  output.isFull = true
  for (const frame of ['a', 'b', 'c']) {
    draw(frame)
    vi.advanceTimersByTime(100)
  }
  expect(writes).toEqual([row(1, 'a')])
  output.isFull = false
  output.emit('drain')
  expect(writes).toEqual([row(1, 'a'), row(1, 'c')])
})

test('a resized screen is cleared and drawn whole', () => {
  const { output, painter, writes, draw } = terminal()
  draw('one\ntwo')
  vi.advanceTimersByTime(100)
  Object.assign(output, { columns: 20, rows: 2 })
  output.emit('resize')
  expect(painter.size()).toEqual({ columns: 20, rows: 2 })
  vi.advanceTimersByTime(100)
  expect(writes.slice(1)).toEqual(['\u001B[2J', row(1, 'one') + row(2, 'two')])
})

test('a line without a size is 80 x 24 until it answers', () => {
  const { painter } = terminal({})
  expect(painter.size()).toEqual({ columns: 80, rows: 24 })
  painter.setSize({ columns: 132, rows: 50 })
  expect(painter.size()).toEqual({ columns: 132, rows: 50 })
})
