import { expect, test } from 'vitest'
import { addToPace, nixTimeLeftMs, noPace } from './nix-pace.ts'
import type { NixProgress } from './nix-progress.ts'

const MB = 1_000_000

/** So many bytes and builds done, of so many. */
function at(bytes: number, ofBytes: number, builds = 0, ofBuilds = 0): NixProgress {
  const none = { done: 0, expected: 0 }
  return {
    fraction: 0,
    paths: none,
    fetched: none,
    copied: { done: bytes, expected: ofBytes },
    builds: { done: builds, expected: ofBuilds },
  }
}

/** What the pace says at each second: `progressAt` gives what nix has told by then. */
function follow(seconds: number, progressAt: (second: number) => NixProgress): (number | null)[] {
  let pace = noPace(0)
  return Array.from({ length: seconds + 1 }, (_, second) => {
    const now = progressAt(second)
    pace = addToPace(pace, now, second * 1000)
    const left = nixTimeLeftMs(pace, now, second * 1000)
    return left === null ? null : Math.round(left / 1000)
  })
}

test('says nothing for ten seconds, then the time at the measured speed', () => {
  const left = follow(60, (second) => at(second * 10 * MB, 1000 * MB))
  expect(left.slice(0, 10)).toEqual(Array(10).fill(null))
  expect([left[20], left[60]]).toEqual([80, 40])
})

test('a long look at what is to be done is no slow speed', () => {
  const left = follow(120, (second) => at(Math.max(0, second - 60) * 10 * MB, 1000 * MB))
  expect(left[60]).toBeNull()
  expect(left[120]).toBe(40)
})

test('says nothing while more and more work is found', () => {
  const left = follow(40, (second) => at(second * 10 * MB, Math.min(second, 20) * 100 * MB))
  expect(left[25]).toBeNull()
  expect(left[31]).toBe(169)
})

test('says nothing while it stands still, or when the speed has just changed by much', () => {
  const standing = follow(60, (second) => at(Math.min(second, 30) * 10 * MB, 1000 * MB))
  expect(standing[30]).toBe(70)
  expect(standing[60]).toBeNull()
  const faster = follow(60, (second) => at(second * MB + Math.max(0, second - 30) * 20 * MB, 5000 * MB))
  expect(faster[45]).toBeNull()
})

test('one slow second in a minute changes little', () => {
  const left = follow(60, (second) => at((second - (second > 40 ? 1 : 0)) * 10 * MB, 1000 * MB))
  expect(left[60]).toBeGreaterThanOrEqual(40)
  expect(left[60]).toBeLessThanOrEqual(43)
})

test('counts two seconds for each build until some were timed, then their own time', () => {
  const fetching = follow(30, (second) => at(second * 10 * MB, 1000 * MB, 0, 20))
  expect(fetching[30]).toBe(70 + 40)
  const building = follow(60, (second) => at(1000 * MB, 1000 * MB, Math.floor(second / 4), 20))
  expect([building[8], building[12], building[60]]).toEqual([null, 34, 20])
})

test('says nothing of the first derivations that nix has found, nor of paths without sizes', () => {
  expect(follow(30, () => at(0, 0, 0, 2))).toEqual(Array(31).fill(null))
  const withoutSizes = follow(40, (second) => ({ ...at(0, 0, second, 50), paths: { done: 1, expected: 9 } }))
  expect(withoutSizes).toEqual(Array(41).fill(null))
})

test('says nothing when nothing is left, and nothing odd when the clock goes back', () => {
  expect(follow(30, (second) => at(Math.min(second, 20) * 10 * MB, 200 * MB)).at(-1)).toBeNull()
  let pace = noPace(0)
  for (const now of [0, 5000, 1000, 20_000, 3000, 40_000]) {
    pace = addToPace(pace, at(now, 100_000), now)
    const left = nixTimeLeftMs(pace, at(now, 100_000), now)
    expect(left === null || (Number.isFinite(left) && left >= 0)).toBe(true)
  }
})
