// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the curly brackets are Nix's
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Bug } from '../system/errors.ts'
import { hostileStrings } from '../testing/hostile-strings.ts'
import { hasNix, NIX_REASON, nixEval } from '../testing/nix.ts'
import { nixAttr, nixBool, nixInt, nixList, nixString } from './nix-literals.ts'

test('escapes backslash, quote, every dollar sign and the three line characters', () => {
  expect(nixString('a\\b"c$d${e}\n\r\t')).toBe('"a\\\\b\\"c\\$d\\${e}\\n\\r\\t"')
})

test('refuses what no Nix string can hold', () => {
  for (const value of ['a\0b', '\ud800', 'x\udc00y']) expect(() => nixString(value)).toThrow(Bug)
  expect(() => nixAttr('\0')).toThrow(Bug)
})

test('writes attribute names bare only where Nix allows it', () => {
  expect(['enp0s2', '_x', "x'", 'a-b'].map(nixAttr)).toEqual(['enp0s2', '_x', "x'", 'a-b'])
  expect(['', '10-lan', 'eth0.100', 'crypt/root', '-x', 'é', 'if', 'or'].map(nixAttr)).toEqual([
    '""',
    '"10-lan"',
    '"eth0.100"',
    '"crypt/root"',
    '"-x"',
    '"é"',
    '"if"',
    '"or"',
  ])
})

test('writes integers, booleans and lists', () => {
  expect([nixInt(0), nixInt(65536), nixInt(-1)]).toEqual(['0', '65536', '(-1)'])
  for (const value of [1.5, Number.NaN, 2 ** 53]) expect(() => nixInt(value)).toThrow(Bug)
  expect([nixBool(true), nixBool(false)]).toEqual(['true', 'false'])
  expect(nixList([])).toBe('[ ]')
  expect(nixList(['a b', -1, true])).toBe('[ "a b" (-1) true ]')
})

test.skipIf(!hasNix)(`the real evaluator reads back exactly what was written (${NIX_REASON})`, async () => {
  const strings = hostileStrings()
  const file = join(mkdtempSync(join(tmpdir(), 'keystone-nix-')), 'strings.nix')
  writeFileSync(
    file,
    `{
  strings = [\n${strings.map(nixString).join('\n')}\n];
  list = ${nixList(strings)};
  names = builtins.concatMap builtins.attrNames [\n${strings.map((name) => `{ ${nixAttr(name)} = 1; }`).join('\n')}\n];
  numbers = ${nixList([0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])};
  booleans = ${nixList([true, false])};
}\n`,
  )
  expect(await nixEval(file)).toEqual({
    strings,
    list: strings,
    names: strings,
    numbers: [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
    booleans: [true, false],
  })
})
