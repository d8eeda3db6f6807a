/** Shorter values would blank half of the log and hide nothing that could be guessed slower. */
const MIN_HIDDEN_BYTES = 4
const STARS = new TextEncoder().encode('***')
/** `\u00XX` is the longest that JSON makes of one byte. */
const LONGEST_ESCAPE = 6
const DOLLAR = 0x24
/** How JSON writes what has a short form. */
const SHORT: Readonly<Record<number, string>> = { 8: 'b', 9: 't', 12: 'f', 34: '"', 92: '\\' }

/** Values that are replaced by `***` in text. They are held as bytes, so that they can be overwritten. */
export type HiddenValues = {
  /** Line by line, because lines are what is written; and as JSON and Nix would escape it. The bytes are copied. */
  add(value: Uint8Array): void
  mask(text: string): string
  /** Overwrites and drops them all. */
  forget(): void
}

export function createHiddenValues(): HiddenValues {
  let longestFirst: Uint8Array[] = []

  const keep = (form: Uint8Array) => {
    if (longestFirst.some((known) => Buffer.from(known.buffer, 0, known.length).equals(form))) form.fill(0)
    // A secret that contains another one must go first, or its rest would stay readable.
    else longestFirst = [...longestFirst, form].sort((a, b) => b.length - a.length)
  }

  return {
    add(value) {
      for (const line of linesOf(value)) {
        if (line.length < MIN_HIDDEN_BYTES) continue
        keep(line.slice())
        keep(escaped(line, false))
        keep(escaped(line, true))
      }
    },
    mask(text) {
      if (longestFirst.length === 0) return text
      const bytes = Buffer.from(text)
      const masked = longestFirst.reduce<Buffer>((now, value) => replaceAll(now, value), bytes)
      return masked === bytes ? text : masked.toString()
    },
    forget() {
      for (const value of longestFirst) value.fill(0)
      longestFirst = []
    },
  }
}

function linesOf(value: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  let from = 0
  for (let at = 0; at <= value.length; at++) {
    if (at < value.length && value[at] !== 10 && value[at] !== 13) continue
    lines.push(value.subarray(from, at))
    from = at + 1
  }
  return lines
}

/** As between the quotes of a JSON string; for Nix with `\$` besides. Without a string in between. */
function escaped(value: Uint8Array, isNix: boolean): Uint8Array {
  const room = new Uint8Array(value.length * LONGEST_ESCAPE)
  let length = 0
  const put = (text: string) => {
    for (let at = 0; at < text.length; at++) room[length++] = text.charCodeAt(at)
  }
  for (const byte of value) {
    const short = SHORT[byte]
    if (short !== undefined) put(`\\${short}`)
    else if (byte < 0x20) put(`\\u00${byte.toString(16).padStart(2, '0')}`)
    else if (isNix && byte === DOLLAR) put('\\$')
    else room[length++] = byte
  }
  const form = room.slice(0, length)
  room.fill(0)
  return form
}

function replaceAll(text: Buffer, value: Uint8Array): Buffer {
  let at = text.indexOf(value)
  if (at < 0) return text
  const parts: Uint8Array[] = []
  let from = 0
  for (; at >= 0; at = text.indexOf(value, from)) {
    parts.push(text.subarray(from, at), STARS)
    from = at + value.length
  }
  return Buffer.concat([...parts, text.subarray(from)])
}
