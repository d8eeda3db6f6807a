import type { Screen } from './screen.ts'

/** A wait that failed: what was looked for, and the screen as it was then. */
export class TtyError extends Error {
  override name = 'TtyError'
  readonly screenText: string

  constructor(message: string, screen: Screen) {
    super(`${message}\n${framed(screen)}`)
    this.screenText = screen.text()
  }
}

/** The screen in a frame, with the cursor's place under it. */
export function framed(screen: Screen): string {
  const { cols, rows } = screen.size
  const bar = '─'.repeat(cols)
  const lines = screen.rows().map((row) => `│${row}`)
  const { col, row } = screen.cursor
  return `┌${bar}\n${lines.join('\n')}\n└${bar}\n${cols}x${rows}, cursor at column ${col + 1}, row ${row + 1}`
}
