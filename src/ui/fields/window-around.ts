import { displayWidth, withoutStyles } from '../text.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const CURSOR = /\u001B\[7m(.*?)\u001B\[27m/su

/** The part of a line that is `width` columns wide and holds its cursor (the text in reverse video), or its end. */
export function windowAround(line: string, width: number): string {
  const cursor = CURSOR.exec(line)
  const chars = [...withoutStyles(line)]
  const at = cursor ? [...withoutStyles(line.slice(0, cursor.index))].length : chars.length - 1
  const start = Math.max(0, Math.min(at - Math.floor(width / 2), chars.length - width))
  const shown = chars.slice(start, start + width)
  const inside = at - start
  const text = cursor
    ? `${shown.slice(0, inside).join('')}\u001B[7m${shown[inside] ?? ' '}\u001B[27m${shown.slice(inside + 1).join('')}`
    : shown.join('')
  return text + ' '.repeat(Math.max(0, width - displayWidth(shown.join(''))))
}
