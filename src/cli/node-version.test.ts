import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { nodeProblem } from './node-version.ts'

test('a Node that the bundle is not made for is refused in words, not by programs that seem to fail', () => {
  expect(nodeProblem('20.20.2')).toBe(
    'keystone: Node 22 or newer is needed, and this is Node 20.20.2\nthe live image has the right one; elsewhere: npx node@24 keystone.mjs\n',
  )
  expect([nodeProblem('22.0.0'), nodeProblem('24.21.0')]).toEqual([null, null])
})

test('the bundle is made for the oldest Node that is taken', () => {
  expect(readFileSync(new URL('../../scripts/build.mjs', import.meta.url), 'utf8')).toContain("target: 'node22'")
})
