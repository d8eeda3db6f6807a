import { expect, test } from 'vitest'
import { GIB, MIB } from '../model/size.ts'
import { partitionsOf } from './partitions.ts'

const system = { role: 'system', logicalSectorBytes: 512 } as const
const zfs = { espBytes: GIB, swapBytes: 512 * MIB, swapKind: 'random', pool: 'rpool' } as const

/** As `sgdisk --print` says: number, first sector, last sector. */
const sectors = (sizeBytes: number, storage: Parameters<typeof partitionsOf>[1] = zfs) =>
  partitionsOf({ ...system, sizeBytes }, storage).map(({ number, name, startBytes, sizeBytes, type }) => [
    number,
    name,
    startBytes / 512,
    (startBytes + sizeBytes) / 512 - 1,
    type,
  ])

// sgdisk 1.0.9 on sparse files of these sizes, with disko's arguments: --clear, then for each partition
// --align-end --new=1:0:+1024M, --new=2:0:+512M, --new=3:0:-0
test.each([
  [8 * GIB, 16775167],
  [8191 * MIB, 16773119],
  [8592031744, 16779263],
  [1000204886016, 1953523711],
])('a disk of %s bytes is cut as sgdisk cuts it, up to sector %s', (sizeBytes, last) => {
  expect(sectors(sizeBytes)).toEqual([
    [1, 'esp', 2048, 2099199, 'EF00'],
    [2, 'swap', 2099200, 3147775, '8200'],
    [3, 'zfs', 3147776, last, '8300'],
  ])
})

test('without swap, and with a swap file, there is no swap partition', () => {
  const names = (storage: object) => sectors(8 * GIB, { ...zfs, ...storage }).map(([, name]) => name)
  expect(names({ swapBytes: 0 })).toEqual(['esp', 'zfs'])
  expect(names({ swapKind: 'hibernation', pool: null })).toEqual(['esp', 'root'])
})

test('a disk that holds no system is one partition of a pool, whatever the system is on', () => {
  const disk = { role: 'data', sizeBytes: 8 * GIB, logicalSectorBytes: 512 } as const
  // sgdisk --align-end --new=1:0:-0
  expect(partitionsOf(disk, { ...zfs, pool: null })).toEqual([
    { name: 'zfs', number: 1, startBytes: MIB, sizeBytes: (16775167 - 2047) * 512, type: '8300' },
  ])
})

test('the backup table of a disk with 4 KiB sectors takes 5 of them', () => {
  const size = 8 * GIB + 5 * 4096
  const last = (sizeBytes: number) =>
    partitionsOf({ ...system, sizeBytes, logicalSectorBytes: 4096 }, zfs).at(-1)?.sizeBytes
  expect(last(size)).toBe(8 * GIB - MIB - GIB - 512 * MIB)
  expect(last(size - 4096)).toBe(8 * GIB - 2 * MIB - GIB - 512 * MIB)
})

test('a disk too small for its fixed partitions has a last one of nothing', () => {
  expect(partitionsOf({ ...system, sizeBytes: GIB }, zfs).at(-1)?.sizeBytes).toBe(0)
})
