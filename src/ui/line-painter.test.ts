import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLinePainter } from './line-painter.ts'
import type { TerminalOutput } from './painter.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function terminal() {
  const writes: string[] = []
  const output = Object.assign(new EventEmitter(), { write: (text: string) => writes.push(text) > 0 })
  const painter = createLinePainter(output as unknown as TerminalOutput, { isUnicode: false })
  painter.start()
  const draw = (...lines: string[]) => painter.inkStdout.write(lines.join('\n'))
  const told = (milliseconds = 150) => {
    vi.advanceTimersByTime(milliseconds)
    return writes.splice(0).join('')
  }
  return { painter, draw, told }
}

const PAGE = ['\u001B[7m Keystone   Disk\u001B[0m', '', '    One', '  ❯ Two', '──────', '  Up/Down move']

test('a page is told whole, without styles, ruled lines and blanks', () => {
  const { draw, told } = terminal()
  draw(...PAGE)
  expect(told()).toBe('\r\n Keystone   Disk\r\n    One\r\n  > Two\r\n  Up/Down move\r\n')
})

test('of a move only the line that has the focus now is told', () => {
  const { painter, draw, told } = terminal()
  draw(...PAGE)
  told()
  painter.heardKey()
  draw(PAGE[0] ?? '', '', '  ❯ One', '    Two', '──────', '  Up/Down move')
  expect(told()).toBe('  > One\r\n')
})

test('several changes of one key are told together, and what comes back to what it was is not told', () => {
  const { painter, draw, told } = terminal()
  draw(...PAGE)
  told()
  painter.heardKey()
  draw(...PAGE, '  ! A problem.')
  draw(...PAGE, '  ! Another problem.')
  expect(told()).toBe('  ! Another problem.\r\n')
  draw(...PAGE, '  ! A problem.')
  draw(...PAGE, '  ! Another problem.')
  expect(told(10_000)).toBe('')
})

test('what changes by itself is told every five seconds at most', () => {
  const { draw, told } = terminal()
  draw(...PAGE)
  told()
  for (let percent = 1; percent <= 12; percent++) {
    draw(...PAGE, `  ${percent} %`)
    if (percent < 12) vi.advanceTimersByTime(1000)
  }
  expect(told(5000).split('\r\n').filter(Boolean).length).toBeLessThanOrEqual(4)
})

test('a repaint tells the whole page again', () => {
  const { painter, draw, told } = terminal()
  draw(...PAGE)
  const first = told()
  painter.repaint()
  expect(told()).toBe(first)
})
