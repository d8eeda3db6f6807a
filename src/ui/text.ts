const MARK = /\p{M}|\u200D|\uFE0F/u

/** Columns a text takes on a terminal: wide East Asian characters and emoji two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0
  for (const char of text) width += MARK.test(char) ? 0 : isWide(char.codePointAt(0) ?? 0) ? 2 : 1
  return width
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  )
}

/** At most `width` columns; what does not fit is replaced by `…`. */
export function cut(text: string, width: number): string {
  return displayWidth(text) <= width ? text : `${takeColumns(text, width - 1)}…`
}

export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

/** Breaks at spaces; a word that is longer than a line is broken where the line ends. Never loses a character but the
 *  spaces at breaks. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (displayWidth(longer) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (displayWidth(line) > width) {
      const part = takeColumns(line, width)
      lines.push(part)
      line = line.slice(part.length)
    }
  }
  lines.push(line)
  return lines
}

/** Breaks wherever the line ends, keeping all spaces: for log lines and keys. */
export function wrapHard(text: string, width: number): string[] {
  const lines: string[] = []
  let rest = text
  do {
    const part = takeColumns(rest, width)
    lines.push(part)
    rest = rest.slice(part.length)
  } while (rest !== '')
  return lines
}

function takeColumns(text: string, width: number): string {
  let taken = ''
  let used = 0
  for (const char of text) {
    const charWidth = displayWidth(char)
    // At least one character, so that a wide one in a column of one cannot stop the caller's loop.
    if (used + charWidth > width && taken !== '') break
    taken += char
    used += charWidth
  }
  return taken
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const STYLES = /\u001B\[[\d;]*m/gu

export function withoutStyles(text: string): string {
  return text.replace(STYLES, '')
}

/** A line of some program's output made safe for our screen: no escape sequences, no control characters, tabs as spaces. */
export function plainLine(line: string): string {
  return (
    line
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
      .replace(/\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|.)/gu, '')
      // A program that redraws its progress line: only the last state counts.
      .replace(/^.*\r(?=[^\r])/su, '')
      .replace(/\t/gu, '    ')
      .replace(/\p{Cc}/gu, '')
  )
}

/** Names are not made to look like words: `vda`, `nvme0n1`, `mirror-zfs`, `github:anna`. */
const NAME = /^(?:(?:x?vd|sd|hd)[a-z]{1,2}|[a-z]*[^a-z\s,;:]\S*|[a-z]+:\S+)(?:\s|$)/u

/** Our problems and hints begin in lower case, as parts of a report line; on a screen each is a sentence. */
export function sentence(text: string): string {
  return NAME.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)
}

/** With a full stop, unless it ends as a sentence already. */
export function closed(text: string): string {
  return /[.?!…]$/u.test(text) ? text : `${text}.`
}
