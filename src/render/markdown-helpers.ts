import { typedHelper } from './typed-helper.ts'

// Data reaches the owner's README only through these. Whatever a value holds, it stays on its line and is read as text.

const entity = (character: string) => `&#${character.codePointAt(0)};`

/** A value in a sentence. Markdown's own characters are escaped, line ends and other control characters written as numbers. */
export function markdownText(value: string): string {
  return value.replace(/[\\`*_{}[\]<>#|&~!$]/g, '\\$&').replace(/\p{C}/gu, entity)
}

/** A value as code in a sentence. What backquotes cannot hold as it is goes into the HTML that they stand for. */
export function markdownCode(value: string): string {
  if (/^[!-_a-{}~]+( [!-_a-{}~]+)*$/.test(value)) return `\`${value}\``
  return `<code>${value.replace(/[^A-Za-z0-9 /:.,=-]/gu, entity)}</code>`
}

/** A value as (part of) one word of a command in a code block: quoted for the shell where it must be, always on one line. */
export function shellWord(value: string): string {
  if (/^[A-Za-z0-9_@%+:,./-]+$/.test(value)) return value
  if (!/\p{C}/u.test(value)) return `'${value.replaceAll("'", "'\\''")}'`
  const escaped = value.replace(/[\\']/g, '\\$&').replace(/\p{C}/gu, (character) => {
    return [...new TextEncoder().encode(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
  })
  return `$'${escaped}'`
}

const isString = (value: unknown): value is string => typeof value === 'string'

/** For Markdown templates: mdText and mdCode in sentences, shWord in code blocks. */
export const MARKDOWN_HELPERS = {
  mdText: typedHelper('mdText', 'a string', isString, markdownText),
  mdCode: typedHelper('mdCode', 'a string', isString, markdownCode),
  shWord: typedHelper('shWord', 'a string', isString, shellWord),
} as const
