import type { Finding } from '../steps/field.ts'

/** What is wrong with what a secret's file or variable holds, before the secret's own rule is asked: slips that nobody sees
 *  on a screen, and that would be typed wrong ever after. `text` without the line end that editors put at the end of a file;
 *  `source` is `file` or `variable`. Never quotes it. */
export function secretTextFinding(text: string, source: 'file' | 'variable'): Finding | null {
  const code = `secret-${source}-content`
  if (text === '') return { code, message: `this ${source} is empty` }
  if (text.startsWith('\uFEFF') || /[\uFFFD\0]/.test(text)) {
    const message = `this ${source} holds no plain UTF-8 text`
    return { code, message, hint: 'save it as UTF-8 without a byte order mark' }
  }
  if (/[\r\n]/.test(text)) {
    const message = `this ${source} has more than one line, and a secret is one line`
    return { code, message, hint: 'take the others out, the empty ones too' }
  }
  if (text.trim() !== text) {
    const message = `what this ${source} holds begins or ends with a blank`
    return { code, message, hint: 'take it out; a secret that has one can stand in the answer file, in quotes' }
  }
  return null
}

/** `${NAME}` or `$NAME` in the place of a secret: with other programs it would be filled in, here it would be the secret. */
export function isVariable(text: string): boolean {
  return /^\$(?:[A-Z_][A-Z0-9_]*|\{[A-Za-z_]\w*\}|\(.*\))$/s.test(text)
}
