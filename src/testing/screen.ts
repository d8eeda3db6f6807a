import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import xterm from '@xterm/headless'
import type { OpeningAnswers } from '../answers/opening-answers.ts'
import type { Capabilities, WizardExit, WizardServices } from '../ui/services.ts'

/** A wizard on a real terminal model of a real size; keys go in as bytes, and what is read is what a person would see. */
export type Screen = {
  /** The rows, without the blanks at their ends. */
  rows(): readonly string[]
  text(): string
  /** The rows between the title's and the button's edge, without the blank ones at the end. */
  body(): readonly string[]
  /** Keys by name (`Enter`, `Down`, `Ctrl-C`), one after the other. */
  press(...keys: readonly (keyof typeof KEYS)[]): void
  /** Printable text, as fast as a paste without brackets. */
  type(text: string): void
  paste(text: string): void
  /** Raw bytes. */
  send(text: string): void
  sendBytes(bytes: readonly number[]): void
  /** Waits until the current screen holds the text exactly once; fails with the screen. */
  waitForText(text: string): Promise<void>
  waitFor(isThere: (text: string) => boolean, what: string): Promise<void>
  resize(columns: number, rows: number): void
  /** Everything that was ever written to the terminal. */
  written(): string
  /** The text in reverse video (title bar, focus, cursor), row by row. */
  reversed(): readonly string[]
  readonly exit: Promise<WizardExit>
  close(): Promise<void>
}

export const KEYS = {
  Enter: '\r',
  Esc: '\u001B',
  Tab: '\t',
  'Shift-Tab': '\u001B[Z',
  Up: '\u001B[A',
  Down: '\u001B[B',
  Left: '\u001B[D',
  Right: '\u001B[C',
  Home: '\u001B[H',
  End: '\u001B[F',
  PageUp: '\u001B[5~',
  PageDown: '\u001B[6~',
  Backspace: '\u007F',
  Space: ' ',
  F1: '\u001BOP',
  F2: '\u001BOQ',
  'Ctrl-C': '\u0003',
  'Ctrl-L': '\f',
  'Ctrl-U': '\u0015',
} as const

const WAIT_MS = 10_000

export async function openScreen(options: {
  readonly services: WizardServices
  readonly columns?: number
  readonly rows?: number
  readonly capabilities?: Capabilities
  readonly isDryRun?: boolean
  readonly outDirectory?: string
  readonly opening?: OpeningAnswers
  /** As a serial line: the size is not known but can be asked for. */
  readonly hasUnknownSize?: boolean
}): Promise<Screen> {
  // Ink's colours look at the process's own terminal, which a test has none of.
  process.env.FORCE_COLOR = '1'
  const { startWizard } = await import('../ui/app.tsx')
  const columns = options.columns ?? 80
  const rows = options.rows ?? 24
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 })
  const changes = new EventEmitter()
  let written = ''

  const stdout = Object.assign(new PassThrough(), {
    isTTY: true,
    ...(options.hasUnknownSize ? { columns: 0, rows: 0 } : { columns, rows }),
  })
  stdout.on('data', (bytes: Buffer) => {
    written += bytes.toString()
    terminal.write(bytes, () => changes.emit('change'))
  })
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {}, ref: () => {}, unref: () => {} })
  // A real terminal answers questions; the answers come in where the keys do.
  terminal.onData((reply) => stdin.write(reply))

  const exit = startWizard(options.services, {
    stdin,
    stdout,
    capabilities: options.capabilities ?? { unicode: true, colour: true },
    isDryRun: options.isDryRun ?? false,
    ...(options.opening && { opening: options.opening }),
    ...(options.outDirectory !== undefined && { outDirectory: options.outDirectory }),
  })

  const readRows = () =>
    Array.from({ length: terminal.rows }, (_, row) =>
      (terminal.buffer.active.getLine(row)?.translateToString(true) ?? '').trimEnd(),
    )
  const text = () => readRows().join('\n')

  function waitFor(isThere: (text: string) => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        changes.off('change', look)
        reject(new Error(`waited for ${what}, but the screen is\n${text()}`))
      }, WAIT_MS)
      function look() {
        if (!isThere(text())) return
        clearTimeout(timer)
        changes.off('change', look)
        resolve()
      }
      changes.on('change', look)
      look()
    })
  }

  return {
    rows: readRows,
    text,
    body: () => bodyOf(readRows()),
    press: (...keys) => {
      for (const key of keys) stdin.write(KEYS[key])
    },
    type: (typed) => void stdin.write(typed),
    paste: (pasted) => void stdin.write(`\u001B[200~${pasted}\u001B[201~`),
    send: (sent) => void stdin.write(sent),
    sendBytes: (bytes) => void stdin.write(Buffer.from(bytes)),
    waitFor,
    waitForText: (wanted) => waitFor((shown) => shown.split(wanted).length === 2, `exactly one "${wanted}"`),
    resize(newColumns, newRows) {
      terminal.resize(newColumns, newRows)
      Object.assign(stdout, { columns: newColumns, rows: newRows })
      stdout.emit('resize')
    },
    written: () => written,
    reversed: () => reversedText(terminal),
    exit,
    async close() {
      stdin.end()
      await exit
      terminal.dispose()
    },
  }
}

function bodyOf(rows: readonly string[]): readonly string[] {
  const end = rows.findLastIndex((row) => /^[─-]{2}/u.test(row))
  const body = rows.slice(1, end)
  return body.slice(0, body.findLastIndex((row) => row !== '') + 1)
}

function reversedText(terminal: InstanceType<typeof xterm.Terminal>): readonly string[] {
  return Array.from({ length: terminal.rows }, (_, row) => {
    const line = terminal.buffer.active.getLine(row)
    const cells = Array.from({ length: terminal.cols }, (_, column) => line?.getCell(column))
    return cells.map((cell) => (cell?.isInverse() ? cell.getChars() : '')).join('')
  })
}
