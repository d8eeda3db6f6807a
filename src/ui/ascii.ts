import { displayWidth } from './text.ts'

const REPLACEMENTS: Readonly<Record<string, string>> = {
  '✓': '+',
  '✗': 'x',
  '●': '*',
  '•': '*',
  '▸': '>',
  '❯': '>',
  '█': '#',
  '░': '.',
  '─': '-',
  '━': '=',
  '│': '|',
  '├': '|',
  '└': '`',
  '↑': '^',
  '↓': 'v',
  '…': '.',
  '·': '-',
  '–': '-',
  '—': '-',
  '×': 'x',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
}

/** For terminals without UTF-8, or whose font has no such signs: each sign becomes one of ASCII with the same width, so that
 *  no column moves. Escape sequences pass. */
export function toAscii(text: string): string {
  return text.replace(/[^\0-~]/gu, (char) => REPLACEMENTS[char] ?? '?'.repeat(displayWidth(char)))
}
