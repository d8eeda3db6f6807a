import { toAscii } from './ascii.ts'
import { FrameStdout } from './frame-stdout.ts'
import type { Painter, Size, TerminalOutput } from './painter.ts'
import { withoutStyles } from './text.ts'
import { FOCUS_SIGN, NO_FOCUS_SIGN } from './theme.ts'

/** High enough that no page scrolls: what is not on the frame is never told. */
const SIZE: Size = { columns: 80, rows: 250 }
/** A key changes several things, one after the other; they are told together. */
const QUIET_MS = 150
/** What changes by itself (progress, a log) is told this often at most. */
const UNASKED_MS = 5000

/** For terminals that only print (TERM=dumb, a printing console) and for screen readers: a page is told once, from top to
 *  bottom, then only the lines that changed, each on a line of its own. No escape sequence, no colour, no ruled lines. */
export function createLinePainter(terminal: TerminalOutput, options: { readonly isUnicode: boolean }): Painter {
  let frame: readonly string[] = []
  let told: readonly string[] = []
  let isActive = false
  let isAnswer = true
  let lastUnasked = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function tellSoon() {
    if (!isActive) return
    const wait = isAnswer ? QUIET_MS : Math.max(QUIET_MS, lastUnasked + UNASKED_MS - Date.now())
    clearTimeout(timer)
    timer = setTimeout(tell, wait)
  }

  function tell() {
    if (!isAnswer) lastUnasked = Date.now()
    isAnswer = false
    const lines = newLines(frame, told)
    told = frame
    if (lines.length > 0) terminal.write(`${lines.join('\r\n')}\r\n`)
  }

  return {
    inkStdout: new FrameStdout(
      (text) => {
        const plain = withoutStyles(options.isUnicode ? text : toAscii(text))
        const lines = plain.split('\n').map((line) => line.trimEnd())
        if (lines.join('\n') === frame.join('\n')) return
        frame = lines
        tellSoon()
      },
      () => SIZE,
    ) as unknown as NodeJS.WriteStream,
    size: () => SIZE,
    start() {
      isActive = true
      told = []
      isAnswer = true
      tellSoon()
    },
    stop() {
      if (isActive && timer !== undefined) tell()
      isActive = false
      clearTimeout(timer)
      timer = undefined
    },
    repaint() {
      told = []
      isAnswer = true
      tellSoon()
    },
    setSize() {},
    onResize() {},
    heardKey() {
      isAnswer = true
      tellSoon()
    },
  }
}

const SIGNS = [FOCUS_SIGN, '> ']

/** A ruled line, or a bar without words. */
const RULED = /^[\s─━=-]*$/u

/** What is to be told of a frame after another one. The title changes with the page: then all of it. */
function newLines(frame: readonly string[], told: readonly string[]): readonly string[] {
  const isTold = (line: string) => line !== '' && !RULED.test(line)
  if (frame[0] !== told[0]) return ['', ...frame.filter(isTold)]
  const known = new Map<string, number>()
  for (const line of told) known.set(line, (known.get(line) ?? 0) + 1)
  const take = (line: string) => {
    const count = known.get(line) ?? 0
    if (count > 0) known.set(line, count - 1)
    return count > 0
  }
  return frame.filter((line) => {
    // Where the focus has gone away nothing else is new.
    const wasFocused = SIGNS.some((sign) => withFocus(line, sign) !== line && take(withFocus(line, sign)))
    return !wasFocused && !take(line) && isTold(line)
  })
}

/** The margin of a page, behind which the focus sign stands. */
const MARGIN = '  '

/** The same line as it was with the focus sign in front; itself when there is no place for one. */
function withFocus(line: string, sign: string): string {
  return line.startsWith(MARGIN + NO_FOCUS_SIGN) ? MARGIN + sign + line.slice(MARGIN.length + sign.length) : line
}
