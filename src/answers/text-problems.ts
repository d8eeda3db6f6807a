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
  if (looksLikeUtf16(text)) return at(0, 'the file must be UTF-8 text, but it looks like UTF-16', 'save it as UTF-8')
  if (looksBinary(text)) return at(0, 'this is no text file', 'is this the right file?')
  const deep = tooDeep(text)
  if (deep !== null) return at(deep, 'there are too many brackets inside each other here')
  const odd = ODD_BLANK.exec(text)
  if (odd) {
    const message = 'there is a sign here that looks like a blank and is none, such as a no-break space'
    return at(odd.index + odd[0].length - 1, message, 'type it again with the space bar')
  }
  const foreign = text.indexOf('\uFFFD')
  const control = text.search(CONTROL)
  if (control >= 0 && (foreign < 0 || control < foreign)) {
    if (text[control] === '\r') {
      const message = 'a line ends here by a carriage return alone'
      return at(control, message, 'save the file with the line ends of Unix (LF) or Windows (CRLF)')
    }
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

// Tab and line feed are all that a text file has, and carriage return before a line feed.
const CONTROL = /(?![\t\n]|\r\n)\p{Cc}/u

/** Where YAML knows only the blank itself: before a line's first word, and right behind the colon of its key. */
const ODD_BLANK = /^[ \t-]*(?:[A-Za-z]\w*: *)?[\u00A0\u2000-\u200B\u202F\u3000]/m

const LOOKED_AT = 200

/** It puts a zero byte beside each letter of plain English, always on the same side. */
function looksLikeUtf16(text: string): boolean {
  const zeros = [...text.slice(0, LOOKED_AT)].flatMap((sign, at) => (sign === '\0' ? [at % 2] : []))
  const odd = zeros.filter((side) => side === 1).length
  const isOneSided = Math.min(odd, zeros.length - odd) * 10 <= zeros.length
  return zeros.length > 0 && isOneSided && zeros.length * 3 > Math.min(text.length, LOOKED_AT)
}

function looksBinary(text: string): boolean {
  const begin = text.slice(0, LOOKED_AT)
  const strange = [...begin].filter((sign) => sign === '\uFFFD' || CONTROL.test(sign)).length
  // A few of them in a short text are slips, or letters of another encoding.
  return strange >= 10 && strange * 5 > begin.length
}
