import type { Hidden } from './secret-places.ts'

const WIDEST = 76
const MARK = '***'

/** The line of the file that a problem is in, and below it a caret under the place:
 *  `  12 |   swap: 4GB`
 *  `     |         ^`
 *  Secrets and comments are not shown. `column` counts from 1. Null: there is nothing in the line to see. */
export function makeExcerpt(
  text: string,
  hidden: readonly Hidden[],
  { lineStart, line, column }: { readonly lineStart: number; readonly line: number; readonly column: number },
): string | null {
  const end = text.indexOf('\n', lineStart)
  const lineEnd = end < 0 ? text.length : end
  const place = Math.min(lineStart + column - 1, lineEnd)
  let shown = ''
  let caret = 0
  let isInComment = false
  for (let at = lineStart; at < lineEnd; ) {
    const secret = hidden.find(({ from, to }) => from <= at && at < to)
    const next = secret ? Math.min(secret.to, lineEnd) : at + charLength(text, at)
    if (!secret && text[at] === '#' && (at === lineStart || /\s/.test(text[at - 1] ?? ''))) isInComment = true
    if (at <= place) caret = columns(shown)
    if (!isInComment) shown += secret ? MARK : visible(text.slice(at, next))
    at = next
  }
  if (place >= lineEnd) caret = columns(shown)
  return shown.trim() === '' ? null : frame(shown.trimEnd(), caret, line)
}

function frame(shown: string, caret: number, line: number): string {
  const number = String(line).padStart(4)
  // Of a long line the part around the place.
  const from = shown.length <= WIDEST ? 0 : Math.max(0, Math.min(caret - WIDEST / 2, shown.length - WIDEST))
  const to = from + WIDEST
  const part = `${from > 0 ? '...' : ''}${shown.slice(from, to)}${to < shown.length ? '...' : ''}`
  const at = Math.max(0, caret - from + (from > 0 ? 3 : 0))
  return `${number} | ${part}\n${' '.repeat(number.length)} | ${' '.repeat(at)}^`.replaceAll(/ +$/gm, '')
}

function charLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}

/** It goes to a terminal: what would move the cursor is told by its name or a sign. */
function visible(char: string): string {
  if (char === '\t') return '\\t'
  if (char === '\r') return ''
  return /\p{C}/u.test(char) ? '?' : char
}

/** Of the terminal. East Asian signs and emoji take two. */
function columns(text: string): number {
  const wide = text.match(
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Emoji_Presentation}/gu,
  )
  return [...text].length + (wide?.length ?? 0)
}
