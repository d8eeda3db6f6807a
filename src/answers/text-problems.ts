import type { YamlProblem } from './yaml-problems.ts'

/** More than anybody writes; a broken or foreign file must not keep the machine busy. */
const LARGEST_CHARACTERS = 1024 * 1024

/** What is wrong with the file as text, before anybody asks whether it is YAML; null when nothing is. Other encodings come
 *  here as what reading them as UTF-8 made of them. */
export function textProblem(text: string): YamlProblem | null {
  const at = (offset: number, message: string, hint?: string): YamlProblem => ({
    problem: { code: 'not-plain-text', path: [], message, ...(hint !== undefined && { hint }) },
    offset,
  })
  if (text.length > LARGEST_CHARACTERS) {
    return at(0, 'an answer file has at most 1 MiB', 'is this the right file?')
  }
  // UTF-16 puts a zero byte beside each letter of plain English.
  const zeros = text.slice(0, 200).split('\0').length - 1
  if (zeros > 0 && zeros * 3 > Math.min(text.length, 200)) {
    return at(0, 'the file must be UTF-8 text, but it looks like UTF-16', 'save it as UTF-8')
  }
  const deep = tooDeep(text)
  if (deep !== null) return at(deep, 'there are too many brackets inside each other here')
  const foreign = text.indexOf('\uFFFD')
  const control = text.search(CONTROL)
  if (control >= 0 && (foreign < 0 || control < foreign)) {
    const code = (text.codePointAt(control) ?? 0).toString(16).padStart(2, '0').toUpperCase()
    return at(control, `there is a control character here (U+00${code})`, 'take it out')
  }
  if (foreign < 0) return null
  return at(foreign, 'the file must be UTF-8 text, but this is another encoding', 'save it as UTF-8')
}

/** An answer file needs four. The parser calls itself for each level, and thousands are more than it can hold. */
const MOST_LEVELS = 40

function tooDeep(text: string): number | null {
  let level = 0
  for (let offset = 0; offset < text.length; offset++) {
    if (text[offset] === '[' || text[offset] === '{') level++
    if (text[offset] === ']' || text[offset] === '}') level = Math.max(0, level - 1)
    if (level > MOST_LEVELS) return offset
  }
  const dashes = new RegExp(`^[ ]*(- ){${MOST_LEVELS}}`, 'm').exec(text)
  return dashes?.index ?? null
}

// Tab, line feed and carriage return are all that a text file has.
const CONTROL = /(?![\t\n\r])\p{Cc}/u
