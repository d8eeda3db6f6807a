import { expect, test } from 'vitest'
import { fatalLines } from './invariants.ts'

test('finds a panic between escape sequences', () => {
  expect(fatalLines('fine\n\x1b[1mKernel\x1b[0m panic - not syncing: no init\nmore')).toEqual([
    'Kernel panic - not syncing: no init',
  ])
})

test('a healthy log has none', () => {
  expect(fatalLines('watchdog: BUG: soft lockup - CPU#1 stuck\nkeystone-installer login:')).toEqual([])
})
