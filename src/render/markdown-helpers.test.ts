import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { Bug } from '../system/errors.ts'
import { hostileStrings } from '../testing/hostile-strings.ts'
import { MARKDOWN_HELPERS, markdownCode, markdownText, shellWord } from './markdown-helpers.ts'

test('a sentence takes plain values as they are and escapes what Markdown would read', () => {
  expect(markdownText('cellar-1')).toBe('cellar-1')
  expect(markdownText('*a* [b](c) <d> `e` |f|')).toBe('\\*a\\* \\[b\\](c) \\<d\\> \\`e\\` \\|f\\|')
  expect(markdownText('a\n# b')).toBe('a&#10;\\# b')
})

test('code is set in backquotes, and in their HTML when it holds what they cannot', () => {
  expect(markdownCode('/dev/disk/by-id/virtio-a')).toBe('`/dev/disk/by-id/virtio-a`')
  expect(markdownCode('a`b')).toBe('<code>a&#96;b</code>')
  // A table would end its cell there, also between backquotes.
  expect(markdownCode('a|b')).toBe('<code>a&#124;b</code>')
  expect(markdownCode(' a')).toBe('<code> a</code>')
  expect(markdownCode('</code>\n')).toBe('<code>&#60;/code&#62;&#10;</code>')
})

test('a word of a command is quoted only when the shell would read something into it', () => {
  expect(shellWord('/dev/zvol/rpool/credstore')).toBe('/dev/zvol/rpool/credstore')
  expect(shellWord('')).toBe("''")
  expect(shellWord('a b;$(c)')).toBe("'a b;$(c)'")
  expect(shellWord("it's")).toBe("'it'\\''s'")
  expect(shellWord('a\n```\n')).toBe("$'a\\x0a```\\x0a'")
})

test('bash reads back exactly the word, and no value leaves its line or ends its code block', () => {
  const strings = hostileStrings(200).filter((value) => !value.includes('\0'))
  const words = strings.map((value) => `x${shellWord(value)}`)
  expect(words.filter((word) => word.includes('\n'))).toEqual([])
  const script = `printf '%s\\0' ${words.join(' ')}`
  const output = execFileSync('bash', ['--norc', '-c', script], { env: { LC_ALL: 'C.UTF-8' }, encoding: 'utf8' })
  expect(output.split('\0').slice(0, -1)).toEqual(strings.map((value) => `x${value}`))
})

test('no value breaks out of its line', () => {
  for (const value of hostileStrings(200)) {
    expect(markdownText(value)).not.toMatch(/[\r\n]/)
    expect(markdownCode(value)).toMatch(/^(`[^`\r\n]+`|<code>[^<>`\r\n]*<\/code>)$/)
  }
})

test('anything but a string is a Bug', () => {
  for (const helper of Object.values(MARKDOWN_HELPERS)) {
    for (const value of [undefined, null, 3, true, ['a']]) expect(() => helper(value)).toThrow(Bug)
  }
})
