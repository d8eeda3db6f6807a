import { StringDecoder } from 'node:string_decoder'
import { type KeyName, nameOf } from './key-table.ts'

/** One thing the person did. `text` is a run of printable characters; `invalid` is a byte that is no UTF-8. */
export type Key =
  | { readonly name: 'text' | 'paste'; readonly text: string }
  | { readonly name: KeyName | `ctrl-${string}` | 'invalid' }

/** Time a lone ESC waits for the rest of a sequence. Ink's own decoder waits less than 20 ms, which a serial line at
 *  9600 baud or an IPMI console breaks; below 150 ms arrows were torn on such lines, above 250 ms Esc feels dead. */
export const ESCAPE_WAIT_MS = 200
/** Half a sequence (`ESC [ 1`) is no key that a person pressed: it waits longer, and is dropped, never typed. */
const HALF_SEQUENCE_WAIT_MS = 1000
/** A paste whose end was lost on the line. */
const PASTE_WAIT_MS = 2000

const ESC = '\u001B'
const PASTE_START = `${ESC}[200~`
const PASTE_END = `${ESC}[201~`

export type KeyDecoder = {
  push(bytes: Uint8Array | string): void
  /** Forgets what is half-read and stops the timer. */
  reset(): void
}

export type CursorReport = { readonly row: number; readonly column: number }

/** Turns the bytes of a terminal into keys, each exactly once, however the line cut them. */
export function createKeyDecoder(options: {
  onKey(key: Key): void
  /** The answer to `ESC [ 6 n`; all other replies of a terminal are dropped. */
  onCursorReport?(report: CursorReport): void
}): KeyDecoder {
  let utf8 = new StringDecoder('utf8')
  let buffer = ''
  let isPasting = false
  let endsWithCr = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function push(bytes: Uint8Array | string) {
    const sent = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
    buffer += utf8.write(sent)
    clearTimeout(timer)
    read()
    // Perhaps half a character: its other bytes follow soon, or never.
    if (buffer === '' && (sent.at(-1) ?? 0) < 0x80) return
    const waitMs = isPasting ? PASTE_WAIT_MS : /^.?O?$/su.test(buffer) ? ESCAPE_WAIT_MS : HALF_SEQUENCE_WAIT_MS
    timer = setTimeout(giveUpWaiting, waitMs)
  }

  function read() {
    while (buffer !== '') {
      if (isPasting) {
        const end = buffer.indexOf(PASTE_END)
        if (end < 0) return
        const text = buffer.slice(0, end)
        buffer = buffer.slice(end + PASTE_END.length)
        endPaste(text)
        continue
      }
      const length = lengthOfNext(buffer)
      if (length === 'incomplete') return
      const next = buffer.slice(0, length)
      buffer = buffer.slice(length)
      if (next === PASTE_START) isPasting = true
      else emit(next)
    }
  }

  function giveUpWaiting() {
    buffer += utf8.end()
    if (buffer === '\uFFFD') return read()
    const rest = buffer
    buffer = ''
    if (isPasting) return endPaste(rest)
    if (rest !== ESC && rest !== `${ESC}O`) return
    options.onKey({ name: 'escape' })
    if (rest.length > 1) emit(rest.slice(1))
  }

  function endPaste(text: string) {
    isPasting = false
    const clean = text.replace(/\r\n?/g, '\n')
    if (clean !== '') options.onKey({ name: 'paste', text: clean })
  }

  function emit(piece: string) {
    const first = piece.charCodeAt(0)
    const isAfterCr = endsWithCr
    endsWithCr = piece === '\r'
    if (piece === ESC) return options.onKey({ name: 'escape' })
    if (first === 0x1b) return emitSequence(piece)
    if (piece === '\r') return options.onKey({ name: 'enter' })
    // CR LF and CR NUL (telnet) are one Enter.
    if (piece === '\n') return isAfterCr ? undefined : options.onKey({ name: 'enter' })
    if (piece === '\t') return options.onKey({ name: 'tab' })
    if (piece === '\b' || piece === '\u007F') return options.onKey({ name: 'backspace' })
    if (first === 0) return
    if (first < 0x20) return options.onKey({ name: `ctrl-${String.fromCharCode(first + 0x60)}` })
    for (const run of piece.split(/(\uFFFD)/u)) {
      if (run === '\uFFFD') options.onKey({ name: 'invalid' })
      else if (run !== '') options.onKey({ name: 'text', text: run })
    }
  }

  function emitSequence(sequence: string) {
    const report = /^.\[(\d+);(\d+)R$/su.exec(sequence)
    // `ESC[1;2R` is Shift-F3 as well; we bind neither, so a report it is.
    if (report) return options.onCursorReport?.({ row: Number(report[1]), column: Number(report[2]) })
    const digit = /^.O([j-y])$/su.exec(sequence)?.[1]
    // The numeric keypad of a vt220 in application mode.
    if (digit) return options.onKey({ name: 'text', text: '*+,-./0123456789'[digit.charCodeAt(0) - 0x6a] as string })
    const name = nameOf(sequence)
    if (name) options.onKey({ name })
  }

  function reset() {
    clearTimeout(timer)
    utf8 = new StringDecoder('utf8')
    buffer = ''
    isPasting = false
    endsWithCr = false
  }

  return { push, reset }
}

/** Length of the first complete piece: an escape sequence, a control character, or a run of text. */
function lengthOfNext(buffer: string): number | 'incomplete' {
  if (buffer[0] !== ESC) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what we look for
    const run = /^[^\u0000-\u001F\u007F]+/u.exec(buffer)
    return run ? run[0].length : 1
  }
  const second = buffer[1]
  if (second === undefined) return 'incomplete'
  if (second === 'O') return buffer.length < 3 ? 'incomplete' : isFinal(buffer, 2) ? 3 : 1
  if (second === '[') return lengthOfCsi(buffer)
  // ESC and then a letter is "Alt" for some terminals. We bind no Alt keys, and a person who presses Esc and types on
  // must not lose either.
  return 1
}

function lengthOfCsi(buffer: string): number | 'incomplete' {
  const start = buffer[2] === '[' ? 3 : 2
  for (let index = start; index < buffer.length; index++) {
    const code = buffer.charCodeAt(index)
    if (code >= 0x40 && code <= 0x7e) return index + 1
    // A control character or another ESC inside: the sequence was torn. Drop what came of it.
    if (code < 0x20 || code > 0x7e) return index
  }
  return 'incomplete'
}

function isFinal(buffer: string, index: number): boolean {
  const code = buffer.charCodeAt(index)
  return code >= 0x40 && code <= 0x7e
}
