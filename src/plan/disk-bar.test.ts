import { expect, test } from 'vitest'
import { ASCII_STYLE, diskBar, shares } from './disk-bar.ts'

const part = (name: string, sizeBytes: number, isFree = false) => ({ name, sizeBytes, isFree })

test('segments have their share of the columns, begin with their letter, and free space is light', () => {
  const segments = [part('esp', 1), part('swap', 1), part('zfs', 6), part('free', 2, true)]
  expect(diskBar(segments, 20).bar).toBe('A█B█C███████████░░░░')
  expect(diskBar(segments, 20, ASCII_STYLE).bar).toBe('A#B#C###########....')
  expect(diskBar(segments, 20).drawn.map(({ sign, name }) => `${sign} ${name}`)).toEqual([
    'A esp',
    'B swap',
    'C zfs',
    '░ free',
  ])
})

test('the smallest partition is still to be seen beside the largest', () => {
  expect(diskBar([part('esp', 1), part('zfs', 20_000)], 12).bar).toBe('AB██████████')
})

test('the bar is exactly as wide as asked, whatever is in it', () => {
  for (const width of [1, 2, 7, 60, 132]) {
    for (const count of [1, 2, 3, 15, 128]) {
      const segments = Array.from({ length: count }, (_, index) => part(`p${index}`, (index * 7919) % 1000))
      expect([...diskBar(segments, width).bar]).toHaveLength(width)
    }
  }
})

test('what finds no column of its own is put together, with its size', () => {
  const { bar, drawn } = diskBar([part('a', 5), part('b', 5), part('c', 5), part('d', 5)], 3)
  expect(bar).toBe('ABC')
  expect(drawn.at(-1)).toMatchObject({ name: '2 more', sizeBytes: 10 })
})

test('no segments give no bar, and sizes of nothing equal shares', () => {
  expect(diskBar([], 10)).toEqual({ bar: '', drawn: [] })
  expect(shares([0, 0], 10)).toEqual([5, 5])
})
