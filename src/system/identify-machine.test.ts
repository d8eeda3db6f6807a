import { expect, test } from 'vitest'
import { identifyMachine, knownName } from './identify-machine.ts'

test('gives words for this machine, whatever it is', async () => {
  const { vendor, product } = await identifyMachine()
  expect(vendor).toMatch(/\S/)
  expect(product).toMatch(/\S/)
})

test.each([
  ['Dell Inc.', 'Dell Inc.'],
  ['  Standard PC  (Q35 + ICH9, 2009)', 'Standard PC (Q35 + ICH9, 2009)'],
  ['', 'unknown'],
  ['-', 'unknown'],
  ['To Be Filled By O.E.M.', 'unknown'],
  ['System Product Name', 'unknown'],
  ['Default string', 'unknown'],
])('reads %j as %j', (given, name) => {
  expect(knownName(given)).toBe(name)
})
