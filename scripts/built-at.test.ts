import { spawnSync } from 'node:child_process'
import { afterEach, expect, test } from 'vitest'
import { builtAt, ROOT } from './set-up.mjs'

const given = process.env.SOURCE_DATE_EPOCH
afterEach(() => {
  if (given === undefined) delete process.env.SOURCE_DATE_EPOCH
  else process.env.SOURCE_DATE_EPOCH = given
})

test('a bundle says when its source was made, as a release was told', () => {
  process.env.SOURCE_DATE_EPOCH = '1800000000'
  expect(builtAt()).toBe('2027-01-15T08:00:00.000Z')
})

test('without being told it is the last commit, so that the same commit gives the same bundle', () => {
  delete process.env.SOURCE_DATE_EPOCH
  const { stdout } = spawnSync('git', ['-C', ROOT, 'log', '-1', '--format=%cI'], { encoding: 'utf8' })
  const expected = stdout?.trim() ? new Date(stdout.trim()).toISOString() : null
  expect(builtAt()).toBe(expected)
})

test('a time that is none is not made up', () => {
  process.env.SOURCE_DATE_EPOCH = 'yesterday'
  expect(builtAt()).toBeNull()
})
