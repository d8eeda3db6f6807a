import { expect, test } from 'vitest'
import { parseMemory } from './memory.ts'

test('reads the total in bytes', () => {
  expect(parseMemory('MemTotal:       24684092 kB\nMemFree:        23000820 kB\n')).toBe(25_276_510_208)
})

test('a text without a total is unknown', () => {
  expect(parseMemory('MemFree: 12 kB\n')).toBe('unknown')
  expect(parseMemory('')).toBe('unknown')
})
