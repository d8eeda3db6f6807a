const plain: Record<string, string> = {
  Enter: '\r',
  Tab: '\t',
  'Shift-Tab': '\x1b[Z',
  Esc: '\x1b',
  Space: ' ',
  Backspace: '\x7f',
  Delete: '\x1b[3~',
  Insert: '\x1b[2~',
  PageUp: '\x1b[5~',
  PageDown: '\x1b[6~',
  F1: '\x1bOP',
  F2: '\x1bOQ',
  F3: '\x1bOR',
  F4: '\x1bOS',
  F5: '\x1b[15~',
}

// These change with the application cursor keys mode.
const cursor: Record<string, string> = { Up: 'A', Down: 'B', Right: 'C', Left: 'D', Home: 'H', End: 'F' }

/** A key's name (`Enter`, `Down`, `Ctrl-C`, `Shift-Tab`, or one character) -> what a terminal sends for it.
 *  Throws on a name it does not know: a test that presses nothing would wait for ever. */
export function keyBytes(name: string, { applicationCursorKeys = false } = {}): string {
  const bytes = plain[name]
  if (bytes !== undefined) return bytes
  const final = cursor[name]
  if (final !== undefined) return `\x1b${applicationCursorKeys ? 'O' : '['}${final}`
  const control = /^Ctrl-([A-Z[\]\\^_])$/i.exec(name)?.[1]
  if (control) return String.fromCharCode(control.toUpperCase().charCodeAt(0) & 0x1f)
  if ([...name].length === 1) return name
  throw new Error(`no key is named ${JSON.stringify(name)}`)
}
