import { toAscii } from './ascii.ts'
import { FrameStdout } from './frame-stdout.ts'
import { ENTER_SCREEN, LEAVE_SCREEN, SIZE_QUERY } from './screen-codes.ts'
import { displayWidth, withoutStyles } from './text.ts'

/** What we need of a terminal's output; `process.stdout` is one, and a test's stream. */
export type TerminalOutput = NodeJS.WritableStream & { columns?: number; rows?: number }

export type Size = { readonly columns: number; readonly rows: number }

export type Painter = {
  /** Given to Ink as its stdout; each write is a whole frame (Ink's `debug` mode). */
  readonly inkStdout: NodeJS.WriteStream
  size(): Size
  /** Takes over the screen, and gives it back. */
  start(): void
  stop(): void
  /** Draws every line again, for a screen that was torn by other output or resized. */
  repaint(): void
  /** A serial line does not know its size; the terminal's own answer to `SIZE_QUERY` tells. */
  setSize(size: Size): void
  onResize(listener: () => void): void
  /** A key came: what changes now is the answer to it. */
  heardKey(): void
}

const DEFAULT_SIZE: Size = { columns: 80, rows: 24 }
/** Faster frames are not seen by anyone; the last one is always drawn. */
const FRAME_MS = 33

const ESC = '\u001B['

/** Draws frames on a terminal, only the lines that changed. Ink's own writer clears the whole screen for each frame that
 *  fills it, which on a serial line takes most of a second, and it stays silent where `CI` is set. When the line is slower
 *  than the frames, frames in between are left out. */
export function createPainter(
  terminal: TerminalOutput,
  /** `isEntered`: the opening frame has taken the screen over already. */
  options: { isUnicode: boolean; isEntered?: boolean },
): Painter {
  let frame: readonly string[] = []
  let painted: readonly string[] = []
  let asked: Size | null = null
  let isActive = false
  let isEntered = options.isEntered ?? false
  let isOpened = isEntered
  let isBusy = false
  let isStale = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const resizeListeners = new Set<() => void>()

  const size = (): Size => ({
    columns: terminal.columns || (asked?.columns ?? DEFAULT_SIZE.columns),
    rows: terminal.rows || (asked?.rows ?? DEFAULT_SIZE.rows),
  })

  function setFrame(text: string) {
    frame = (options.isUnicode ? text : toAscii(text)).split('\n')
    isStale = true
    if (isActive && !isBusy && timer === undefined) paint()
  }

  function paint() {
    isStale = false
    const { rows, columns } = size()
    const lines = Array.from({ length: rows }, (_, row) => frame[row] ?? '')
    const changes = lines.map((line, row) =>
      line === painted[row] ? '' : `${ESC}${row + 1};1H${wholeLine(line, columns)}`,
    )
    painted = lines
    const bytes = changes.join('')
    if (bytes === '') return
    timer = setTimeout(afterPause, FRAME_MS)
    if (terminal.write(bytes)) return
    isBusy = true
    terminal.once('drain', () => {
      isBusy = false
      if (isActive && isStale && timer === undefined) paint()
    })
  }

  function afterPause() {
    timer = undefined
    if (isActive && isStale && !isBusy) paint()
  }

  function repaint() {
    if (!isActive) return
    painted = []
    terminal.write(`${ESC}2J`)
    paint()
  }

  function resized() {
    if (!isActive) return
    painted = []
    isStale = true
    terminal.write(`${ESC}2J`)
    // The frame for the new size comes from the listeners; the timer only serves a screen that looks the same in both.
    timer ??= setTimeout(afterPause, FRAME_MS)
    for (const listener of resizeListeners) listener()
  }

  return {
    inkStdout: new FrameStdout(setFrame, size) as unknown as NodeJS.WriteStream,
    size,
    start() {
      isActive = true
      painted = []
      terminal.on('resize', resized)
      const codes = `${isEntered ? '' : ENTER_SCREEN}${terminal.columns ? '' : SIZE_QUERY}`
      isEntered = true
      if (codes !== '') terminal.write(codes)
      // An opening stays until there is a frame to draw over it.
      if (!isOpened) paint()
      isOpened = false
    },
    stop() {
      isActive = false
      clearTimeout(timer)
      timer = undefined
      terminal.removeListener('resize', resized)
      isEntered = false
      terminal.write(LEAVE_SCREEN)
    },
    repaint,
    setSize(newSize) {
      asked = newSize
      resized()
    },
    onResize: (listener) => void resizeListeners.add(listener),
    heardKey: () => {},
  }
}

/** Clears the rest of the row; not behind a line that fills it, where the cursor still stands on the last character. */
function wholeLine(line: string, columns: number): string {
  const width = displayWidth(withoutStyles(line))
  return `${line}${ESC}0m${width < columns ? `${ESC}K` : ''}`
}
