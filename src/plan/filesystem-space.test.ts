import { expect, test } from 'vitest'
import { GIB } from '../model/size.ts'
import { ext4OverheadBytes, xfsOverheadBytes } from './filesystem-space.ts'

// `Overhead clusters` of dumpe2fs 1.47.0, in blocks of 4 KiB, after mkfs.ext4 on sparse files. Linux 5.18 and later take it off
// the Size that df shows.
test.each([
  [2 * GIB, 26150],
  [8 * GIB, 58505],
  [6979321856, 50609],
  [6962544640, 50539],
  [100 * GIB, 557842],
  [498000000000, 2189092],
  [998611353600, 4108516],
  [1000 * GIB, 4395994],
  [4000 * GIB, 16743694],
  [5000 * GIB, 10618444],
])('ext4 on %s bytes takes %s blocks for itself, within a thousandth', (bytes, blocks) => {
  expect(Math.abs(ext4OverheadBytes(bytes) / 4096 / blocks - 1)).toBeLessThan(0.001)
})

// `blocks` of the log, of 4 KiB each, as `mkfs.xfs -N` of xfsprogs 6.1.0 says.
test.each([
  [2 * GIB, 16384],
  [100 * GIB, 16384],
  [200 * GIB, 25600],
  [498000000000, 59366],
  [998611353600, 119043],
  [3000 * GIB, 384000],
  [5000 * GIB, 521728],
])('XFS on %s bytes has a log of %s blocks', (bytes, blocks) => {
  expect(Math.abs(xfsOverheadBytes(bytes) / 4096 - blocks)).toBeLessThanOrEqual(1)
})

test('nothing takes nothing', () => {
  expect([ext4OverheadBytes(0), xfsOverheadBytes(0)]).toEqual([0, 0])
})
