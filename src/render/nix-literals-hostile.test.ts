import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Bug } from '../system/errors.ts'
import { HAND_MADE, UNHOLDABLE } from '../testing/hostile-strings.ts'
import { hostileText, longHostileText, SEED_NOTE, sample } from '../testing/hostile-values.ts'
import { hasNix, NIX_REASON, nixEval } from '../testing/nix.ts'
import { nixAttr, nixInt, nixList, nixString } from './nix-literals.ts'

/** One evaluator takes so many values at a time; each of them is written as a string, as a name and as part of a list. */
const BATCH = 2000

const values = [...HAND_MADE, ...sample(longHostileText, 60), ...sample(hostileText, 10_000)]

/** The file says of each value what Nix makes of it, in its own words: the lists come back as JSON. */
function source(batch: readonly string[]): string {
  const names = batch.map((value, index) => `{ ${nixAttr(value)} = ${index}; }`)
  // A name inside a path, next to others, as templates have it.
  const paths = batch.map((value) => `(builtins.attrNames { a.${nixAttr(value)}.b = ${nixString(value)}; }.a)`)
  const lists = batch.map((value) => nixList([value, -1, value, true]))
  return `{
    strings = [\n${batch.map(nixString).join('\n')}\n];
    names = builtins.concatMap builtins.attrNames [\n${names.join('\n')}\n];
    paths = builtins.concatLists [\n${paths.join('\n')}\n];
    lists = [\n${lists.join('\n')}\n];
  }\n`
}

/** The first that came back as another, for a message that a person can use. */
function firstDifference(wanted: readonly string[], found: readonly unknown[]) {
  const at = wanted.findIndex((value, index) => value !== found[index])
  return at < 0 && found.length === wanted.length
    ? null
    : { at, wanted: wanted[at], found: found[at], length: found.length }
}

test('there are more than ten thousand values', () => {
  expect(new Set(values).size).toBeGreaterThan(8000)
  expect(values.length).toBeGreaterThan(10_000)
})

test(`what no Nix string can hold is refused, wherever it stands (${SEED_NOTE})`, () => {
  const around = fc.tuple(hostileText, fc.constantFrom(...UNHOLDABLE), hostileText).map((parts) => parts.join('-'))
  for (const value of [...UNHOLDABLE, ...sample(around, 500)]) {
    expect(() => nixString(value), JSON.stringify(value)).toThrow(Bug)
    expect(() => nixAttr(value), JSON.stringify(value)).toThrow(Bug)
    expect(() => nixList(['a', value])).toThrow(Bug)
  }
})

test(`numbers that are no integers are refused (${SEED_NOTE})`, () => {
  const wrong = [...sample(fc.double(), 500), 2 ** 53, -(2 ** 53), 0.1, Number.NaN, Number.NEGATIVE_INFINITY]
  for (const value of wrong) if (!Number.isSafeInteger(value)) expect(() => nixInt(value), String(value)).toThrow(Bug)
})

describe.skipIf(!hasNix)(
  `the real evaluator reads back each value (${NIX_REASON}; ${SEED_NOTE})`,
  { timeout: 30_000 },
  () => {
    let folder = ''
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'keystone-literals-'))
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    const batches = Array.from({ length: Math.ceil(values.length / BATCH) }, (_, index) => index)
    test.each(batches)('batch %i: as string, as name, as name inside a path, in a list', async (index) => {
      const batch = values.slice(index * BATCH, (index + 1) * BATCH)
      const file = join(folder, `${index}.nix`)
      writeFileSync(file, source(batch))
      const found = (await nixEval(file)) as Record<'strings' | 'names' | 'paths', string[]> & { lists: unknown[][] }
      expect(firstDifference(batch, found.strings)).toBeNull()
      expect(firstDifference(batch, found.names)).toBeNull()
      expect(firstDifference(batch, found.paths)).toBeNull()
      expect(found.lists.every((list) => list.length === 4 && list[1] === -1 && list[3] === true)).toBe(true)
      expect(
        firstDifference(
          batch,
          found.lists.map(([value]) => value),
        ),
      ).toBeNull()
      expect(
        firstDifference(
          batch,
          found.lists.map((list) => list[2]),
        ),
      ).toBeNull()
    })

    test('integers, in a list', async () => {
      const numbers = [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, ...sample(fc.maxSafeInteger(), 1000)]
      const file = join(folder, 'numbers.nix')
      writeFileSync(file, nixList(numbers))
      expect(await nixEval(file)).toEqual(numbers)
    })
  },
)
