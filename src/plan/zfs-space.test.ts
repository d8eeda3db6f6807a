import { expect, test } from 'vitest'
import { GIB, MIB, TIB } from '../model/size.ts'
import { deflateRatio, metaslabBytes, slopBytes, vdevSpace } from './zfs-space.ts'

// Literals worked out apart from this code, with the integer arithmetic of OpenZFS 2.3.9's C.
test.each([
  [5 * GIB, 512 * MIB],
  [10 * GIB, 512 * MIB],
  [100 * GIB, 512 * MIB],
  [300 * GIB, 2 * GIB],
  [3000 * GIB, 16 * GIB],
  [20000 * GIB, 16 * GIB],
  [100 * MIB, 16 * MIB],
])('a vdev of %s bytes has metaslabs of %s', (size, metaslab) => {
  expect(metaslabBytes(size)).toBe(metaslab)
})

test.each([
  ['', 1, 512],
  ['mirror', 3, 512],
  ['raidz1', 3, 341],
  ['raidz1', 4, 372],
  ['raidz1', 5, 409],
  ['raidz1', 9, 455],
  ['raidz2', 4, 248],
  ['raidz2', 6, 341],
  ['raidz2', 8, 364],
  ['raidz3', 5, 204],
  ['raidz3', 12, 372],
] as const)('of 512 bytes on %j of %s disks %s are data', (mode, count, ratio) => {
  expect(deflateRatio(mode, count)).toBe(ratio)
})

test('the slop space is 1/32, from 128 MiB to 128 GiB, at most half, and less by the embedded log', () => {
  expect(slopBytes(64 * GIB, 0)).toBe(2 * GIB)
  expect(slopBytes(64 * GIB, 512 * MIB)).toBe(1536 * MIB)
  expect(slopBytes(64 * GIB, 8 * GIB)).toBe(GIB)
  expect(slopBytes(2 * GIB, 0)).toBe(128 * MIB)
  expect(slopBytes(100 * MIB, 0)).toBe(50 * MIB)
  expect(slopBytes(100 * TIB, 0)).toBe(128 * GIB)
})

test('the parts of a vdev and its data add up to its partitions', () => {
  const partitions = [4 * TIB, 4 * TIB + 12345, 6 * TIB]
  for (const mode of ['mirror', 'raidz1', 'raidz2'] as const) {
    const { embeddedLogBytes, ...parts } = vdevSpace(mode, partitions)
    expect(embeddedLogBytes).toBeGreaterThan(0)
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(14 * TIB + 12345)
  }
})

test('only a vdev with more than 64 metaslabs gives one to the embedded log', () => {
  expect(vdevSpace('', [32 * GIB + 4.5 * MIB]).embeddedLog).toBe(0)
  expect(vdevSpace('', [32.5 * GIB + 4.5 * MIB]).embeddedLog).toBe(512 * MIB)
})

test('a vdev of next to nothing has no space, and no negative part', () => {
  for (const size of [0, MIB, 20 * MIB]) {
    const space = vdevSpace('raidz1', [size, size, size])
    expect(Object.values(space).every((bytes) => bytes >= 0 && bytes <= 3 * size)).toBe(true)
  }
})
