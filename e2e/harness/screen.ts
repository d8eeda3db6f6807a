import { StringDecoder } from 'node:string_decoder'
import serializeAddon from '@xterm/addon-serialize'
import headless from '@xterm/headless'

export type Size = { cols: number; rows: number }

/** A stretch of one row drawn in one way. Colours are xterm palette numbers, or -1 for the terminal's default. */
export type Run = {
  text: string
  isInverse: boolean
  isBold: boolean
  isDim: boolean
  foreground: number
  background: number
}

/** A terminal without a window: bytes go in, a screen of characters is there to read. Replies to the terminal queries
 *  of the other side (cursor position, device attributes) come out through `onReply`; a guest learns its size by them. */
export class Screen {
  readonly #terminal: InstanceType<typeof headless.Terminal>
  readonly #serializer = new serializeAddon.SerializeAddon()
  readonly #listeners = new Set<() => void>()
  // xterm's own decoder drops a three-byte sign whose bytes come in as two and one (6.0.0): a serial line does that.
  readonly #decoder = new StringDecoder('utf8')
  #version = 0

  constructor({ cols, rows, onReply }: Size & { onReply?: (data: string) => void }) {
    this.#terminal = new headless.Terminal({ cols, rows, allowProposedApi: true, scrollback: 2000 })
    this.#terminal.loadAddon(this.#serializer)
    if (onReply) this.#terminal.onData(onReply)
  }

  /** Resolves when the parser has taken all of it in: only then is the screen safe to read. */
  write(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#terminal.write(typeof data === 'string' ? data : this.#decoder.write(data), () => {
        this.#changed()
        resolve()
      })
    })
  }

  /** Calls back after every change; returns the function that ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Grows by one with every change. */
  get version(): number {
    return this.#version
  }

  get size(): Size {
    return { cols: this.#terminal.cols, rows: this.#terminal.rows }
  }

  /** 0-based, from the top left of the visible screen. */
  get cursor(): { col: number; row: number } {
    const { cursorX, cursorY } = this.#terminal.buffer.active
    return { col: cursorX, row: cursorY }
  }

  /** What the other side asked the keyboard to be like. */
  get modes(): { applicationCursorKeys: boolean; bracketedPaste: boolean } {
    const { applicationCursorKeysMode, bracketedPasteMode } = this.#terminal.modes
    return { applicationCursorKeys: applicationCursorKeysMode, bracketedPaste: bracketedPasteMode }
  }

  /** The visible rows, without trailing blanks. */
  rows(): string[] {
    const { baseY } = this.#terminal.buffer.active
    return Array.from(
      { length: this.#terminal.rows },
      (_, row) => this.#line(baseY + row)?.translateToString(true) ?? '',
    )
  }

  /** The visible rows joined by newlines, so that no text matches across two rows. */
  text(): string {
    return this.rows().join('\n').trimEnd()
  }

  /** Everything still known, scrolled-away rows first. */
  textWithScrollback(): string {
    const { length } = this.#terminal.buffer.active
    return Array.from({ length }, (_, row) => this.#line(row)?.translateToString(true) ?? '')
      .join('\n')
      .trimEnd()
  }

  /** One visible row (0-based) cut where its drawing changes; blank tail left out. */
  runs(row: number): Run[] {
    const line = this.#line(this.#terminal.buffer.active.baseY + row)
    const runs: Run[] = []
    for (let col = 0; line && col < line.length; col++) {
      const cell = line.getCell(col)
      if (!cell || cell.getWidth() === 0) continue
      const run: Run = {
        text: cell.getChars() || ' ',
        isInverse: cell.isInverse() !== 0,
        isBold: cell.isBold() !== 0,
        isDim: cell.isDim() !== 0,
        foreground: cell.isFgDefault() ? -1 : cell.getFgColor(),
        background: cell.isBgDefault() ? -1 : cell.getBgColor(),
      }
      const last = runs.at(-1)
      if (last && sameDrawing(last, run)) last.text += run.text
      else runs.push(run)
    }
    const tail = runs.at(-1)
    if (tail && !tail.isInverse && tail.background === -1) tail.text = tail.text.trimEnd()
    if (tail?.text === '') runs.pop()
    return runs
  }

  /** The texts drawn inverse, top to bottom, trimmed: a selection or a cursor of the wizard's own. */
  inverseTexts(): string[] {
    const rows = Array.from({ length: this.#terminal.rows }, (_, row) => this.runs(row))
    return rows
      .flat()
      .filter((run) => run.isInverse)
      .map((run) => run.text.trim())
  }

  resize({ cols, rows }: Size): void {
    this.#terminal.resize(cols, rows)
    this.#changed()
  }

  /** The screen as the escape sequences that draw it again: kept beside a saved machine. */
  serialize(): string {
    return this.#serializer.serialize()
  }

  dispose(): void {
    this.#listeners.clear()
    this.#terminal.dispose()
  }

  #line(index: number) {
    return this.#terminal.buffer.active.getLine(index)
  }

  #changed(): void {
    this.#version += 1
    for (const listener of [...this.#listeners]) listener()
  }
}

function sameDrawing(a: Run, b: Run): boolean {
  return (
    a.isInverse === b.isInverse &&
    a.isBold === b.isBold &&
    a.isDim === b.isDim &&
    a.foreground === b.foreground &&
    a.background === b.background
  )
}
