import { Bug } from '../system/errors.ts'

// Data reaches a Nix file only through these. Everything is written as a double-quoted string: the '' form strips
// indentation and leading blank lines, so no escaping makes it safe for data.

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  // Every one, not only before a brace: Nix reads `$${` as a literal, so escaping by context would need a parser.
  $: '\\$',
  '\n': '\\n',
  // Nix turns a raw CR and CRLF inside a string into LF.
  '\r': '\\r',
  '\t': '\\t',
}

/** A value as a Nix string. Refuses what no Nix string can hold: NUL, and half a surrogate pair. */
export function nixString(value: string): string {
  if (value.includes('\0')) throw new Bug('a Nix string cannot hold NUL')
  if (!value.isWellFormed()) throw new Bug('a Nix string cannot hold half of a surrogate pair')
  return `"${value.replace(/[\\"$\n\r\t]/g, (character) => ESCAPES[character] ?? character)}"`
}

const KEYWORDS = ['assert', 'else', 'if', 'in', 'inherit', 'let', 'or', 'rec', 'then', 'with']

/** A value as an attribute name: bare where Nix allows it, quoted otherwise (`eth0.100`, `10-lan`, `crypt/root`). */
export function nixAttr(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name) && !KEYWORDS.includes(name) ? name : nixString(name)
}

/** Negative numbers in parentheses: in a list `[ -1 ]` is an error and `[ 1 -1 ]` a subtraction. */
export function nixInt(value: number): string {
  if (!Number.isSafeInteger(value)) throw new Bug(`not an integer Nix can hold: ${value}`)
  return value < 0 ? `(${value})` : String(value)
}

export function nixBool(value: boolean): string {
  return value ? 'true' : 'false'
}

export function nixList(values: readonly (string | number | boolean)[]): string {
  const items = values.map((value) => {
    if (typeof value === 'string') return nixString(value)
    return typeof value === 'number' ? nixInt(value) : nixBool(value)
  })
  return ['[', ...items, ']'].join(' ')
}
