import { expect, test } from 'vitest'
import { stepOrder, steps } from './order.ts'

test('the order has every step once, and each knows its own id', () => {
  expect([...stepOrder].sort()).toEqual(Object.keys(steps).sort())
  expect(stepOrder.map((id) => steps[id].id)).toEqual([
    'system',
    'disk',
    'encryption',
    'network',
    'identity',
    'cluster',
  ])
})

test('every step has a help page of two to seven paragraphs', () => {
  for (const id of stepOrder) {
    expect(steps[id].help.length).toBeGreaterThanOrEqual(2)
    expect(steps[id].help.length).toBeLessThanOrEqual(7)
  }
})
