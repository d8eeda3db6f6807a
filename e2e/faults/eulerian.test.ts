import { expect, test } from 'vitest'
import { LAYOUTS } from '../../src/model/answers.ts'
import { partsOfWalk, walkOfPairs } from './eulerian.ts'

const pairsOf = (walk: readonly string[]) => walk.slice(1).map((to, index) => `${walk[index]} ${to}`)
const allPairs = LAYOUTS.flatMap((from) => LAYOUTS.map((to) => `${from} ${to}`)).toSorted()

test('the walk has every layout after every layout, once', () => {
  const walk = walkOfPairs(LAYOUTS)
  expect(walk).toHaveLength(82)
  expect(pairsOf(walk).toSorted()).toEqual(allPairs)
})

test('its parts have every pair, once, and each goes on where the one before ended', () => {
  const parts = partsOfWalk(walkOfPairs(LAYOUTS), 9)
  expect(parts).toHaveLength(9)
  expect(parts.flatMap(pairsOf).toSorted()).toEqual(allPairs)
})

test.each([1, 2, 3])('of %i items', (count) => {
  const items = ['a', 'b', 'c'].slice(0, count)
  expect(new Set(pairsOf(walkOfPairs(items))).size).toBe(count * count)
})
