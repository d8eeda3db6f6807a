// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the curly brackets are Nix's
import fc from 'fast-check'
import { HAND_MADE } from './hostile-strings.ts'

/** Another one at each run, so that in time more is tried; KEYSTONE_TEST_SEED repeats a run. It stands in the tests' names. */
export const SEED = Number(process.env.KEYSTONE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))
export const SEED_NOTE = `KEYSTONE_TEST_SEED=${SEED} repeats it`

export function sample<T>(arbitrary: fc.Arbitrary<T>, count: number): readonly T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: SEED })
}

/** Pieces that mean something to Nix, a shell, systemd, Handlebars, Markdown or a terminal. */
export const PIECES: readonly string[] = [
  '"',
  "'",
  "''",
  "'''",
  '\\',
  '$',
  '${',
  '$${',
  "''${",
  '}',
  '{',
  '{{',
  '}}',
  '\n',
  '\r',
  '\r\n',
  '\t',
  ' ',
  '  ',
  '#',
  '/*',
  '*/',
  ';',
  ',',
  ':',
  '.',
  '/',
  '//',
  '=',
  '==',
  '@',
  '<',
  '>',
  '|',
  '||',
  '&',
  '&&',
  '!',
  '?',
  '*',
  '(',
  ')',
  '[',
  ']',
  '`',
  '~',
  '^',
  '%',
  '%%',
  '%n',
  '-',
  '--',
  '-x',
  '+',
  '_',
  '$(',
  '$HOME',
  '\\n',
  '\\x41',
  '\u0001',
  '\u0007',
  '\u001b[31m',
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u0301',
  '\u202e',
  '\u2028',
  '\u200d',
  '\ufeff',
  '\uffff',
  'é',
  '漢',
  'ש',
  '🌲',
  '𝒩',
  'a',
  'b',
  'Z',
  '0',
  '9',
  'if',
  'in',
  'let',
  'rec',
  'with',
  'or',
  'eth0.100',
]

/** Any text that a Nix string can hold: no NUL, no halves of surrogate pairs. Mostly short; some of 4 KiB. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...HAND_MADE.filter((value) => value.length < 1000)) },
  {
    weight: 12,
    arbitrary: fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 }).map((all) => all.join('')),
  },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }).map(withoutNul) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }).map(withoutNul) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary-ascii', maxLength: 60 }).map(withoutNul) },
)

/** The same, of four kibibytes. */
export const longHostileText: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 30 })
  .map((all) => all.join('').repeat(4096).slice(0, 4096))
  .map((text) => (text.isWellFormed() ? text : text.toWellFormed()))

function withoutNul(text: string): string {
  return text.replaceAll('\0', '')
}
