import { expect, test } from 'vitest'
import type { DiskAnswers, Layout, Unlock } from '../model/answers.ts'
import type { Disk } from '../model/hardware.ts'
import { GIB, MIB } from '../model/size.ts'
import { planStorage } from './storage.ts'
import { usableBytesOf } from './usable-space.ts'

const TB1 = 1000204886016
const TB2 = 2000398934016
const TB4 = 4000787030016
const TB6 = 6001175126016
const TB18 = 18000207937536
const TB20 = 20000588955648

function disk(index: number, sizeBytes: number): Disk {
  return {
    name: `sd${index}`,
    path: `/dev/sd${index}`,
    id: `/dev/disk/by-id/disk-${index}`,
    model: null,
    serial: null,
    sizeBytes,
    kind: 'hdd',
    transport: 'sata',
    isRemovable: false,
    isReadOnly: false,
    isBootMedium: false,
    inUse: null,
    logicalSectorBytes: 512,
    physicalSectorBytes: 512,
    partitions: [],
    contents: [],
  }
}

function storageOf(
  layout: Layout,
  sizes: readonly number[],
  changes: Partial<DiskAnswers> = {},
  unlock: Unlock = 'passphrase',
) {
  const disks = [...sizes, TB1, TB1, TB1, TB1].map((size, index) => disk(index, size))
  const devices = sizes.map((_, index) => `/dev/disk/by-id/disk-${index}`)
  const none = { spares: [], log: [], cache: [], special: [], dataPool: null }
  const answers: DiskAnswers = { layout, devices, espBytes: GIB, swapBytes: 0, swapKind: 'random', ...none, ...changes }
  const storage = planStorage(answers, unlock, disks)
  if (!storage) throw new Error('no storage')
  return storage
}
const extra = (sizes: readonly number[], ...which: number[]) =>
  which.map((index) => `/dev/disk/by-id/disk-${sizes.length + index}`)

const swap = { swapBytes: 4 * GIB }
// Worked out apart from this code, with the integer arithmetic of OpenZFS 2.3.9's C, on the partitions sgdisk makes.
test.each<[Layout, number[], number, Partial<DiskAnswers>]>([
  ['single-zfs', [8 * GIB], 6241124352, { swapBytes: 512 * MIB }],
  ['mirror-zfs', [8 * GIB, 8 * GIB], 6761218048, {}],
  ['stripe-zfs', [8 * GIB, 12 * GIB], 17683185664, {}],
  ['raidz1-zfs', [8 * GIB, 8 * GIB, 8 * GIB], 14202011648, {}],
  ['raidz2-zfs', [8 * GIB, 8 * GIB, 8 * GIB, 8 * GIB], 13855621120, {}],
  ['raidz3-zfs', Array<number>(5).fill(8 * GIB), 14305198080, {}],
  ['raid10-zfs', [8 * GIB, 8 * GIB, 12 * GIB, 10 * GIB], 15602810880, {}],
  ['single-zfs', [TB1], 957240836096, swap],
  ['mirror-zfs', [TB1, TB2], 957240836096, swap],
  ['raidz1-zfs', [TB4, TB4, TB6], 7837677780992, swap],
  ['raidz2-zfs', Array<number>(6).fill(TB4), 15824236576768, swap],
  ['raidz3-zfs', Array<number>(12).fill(TB18), 156751945007104, swap],
  ['raidz1-zfs', Array<number>(90).fill(TB20), 1690461949394944, swap],
])('%s on %j gives %s bytes', (layout, sizes, usable, changes) => {
  const storage = storageOf(layout, sizes, changes)
  expect(storage.usableBytes).toBe(usable)
  expect(usableBytesOf(storage)).toEqual({ system: usable, data: null })
})

test('ext4 has what df calls Size: the partition without LUKS header, tables and journal', () => {
  // 8 GiB - 2 MiB of tables - 1 GiB - 512 MiB - 16 MiB = 6638 MiB = 1699328 blocks.
  const { usableBytes, space } = storageOf('single-ext4', [8 * GIB], { swapBytes: 512 * MIB })
  expect(space).toEqual([
    { what: 'partition tables', bytes: 2 * MIB },
    { what: 'boot partitions', bytes: GIB },
    { what: 'swap', bytes: 512 * MIB },
    { what: 'encryption header', bytes: 16 * MIB },
    { what: 'ext4 tables and journal', bytes: 6638 * MIB - usableBytes },
  ])
  expect(usableBytes / (6638 * MIB)).toBeCloseTo(0.97, 2)
})

test('XFS has the partition without its log, and no header when it is not encrypted', () => {
  const { usableBytes, space } = storageOf('single-xfs', [8 * GIB], {}, 'none')
  expect(usableBytes).toBe(8 * GIB - 2 * MIB - GIB - 64 * MIB)
  expect(space.map(({ what }) => what)).toEqual(['partition tables', 'boot partitions', 'XFS log'])
})

test('a swap file is a part of the space, not taken off it', () => {
  const hibernation = { swapBytes: 16 * GIB, swapKind: 'hibernation' } as const
  expect(storageOf('single-ext4', [TB1], hibernation).usableBytes).toBe(storageOf('single-ext4', [TB1]).usableBytes)
})

test('spare, log, cache and special disks add nothing to what zfs list says', () => {
  const sizes = [TB4, TB4]
  const plain = storageOf('mirror-zfs', sizes)
  const more = storageOf('mirror-zfs', sizes, {
    special: extra(sizes, 0, 1),
    log: extra(sizes, 2),
    cache: extra(sizes, 3),
  })
  expect(more.usableBytes).toBe(plain.usableBytes)
  expect(more.space).toContainEqual({ what: 'special disks', bytes: 2 * TB1 })
  expect(more.space).toContainEqual({ what: 'log disks', bytes: TB1 })
  expect(more.space).toContainEqual({ what: 'cache disks', bytes: TB1 })
})

test('a data pool has its own figure', () => {
  const sizes = [8 * GIB]
  const devices = extra(sizes, 0, 1)
  const storage = storageOf('single-ext4', sizes, { dataPool: { layout: 'mirror', devices } })
  // As the single disk of 1 TB above, with ESP and swap to spare for one more GiB-sized slab or none.
  expect(usableBytesOf(storage).data).toBe(storage.dataPool?.usableBytes)
  expect(storage.dataPool?.usableBytes).toBeGreaterThan(957240836096)
})

const LAYOUT_SIZES: readonly (readonly [Layout, number])[] = [
  ['single-ext4', 1],
  ['single-xfs', 1],
  ['single-zfs', 1],
  ['mirror-zfs', 3],
  ['stripe-zfs', 3],
  ['raidz1-zfs', 4],
  ['raidz2-zfs', 5],
  ['raidz3-zfs', 7],
  ['raid10-zfs', 6],
]

test.each(LAYOUT_SIZES)('%s: the parts add up to the disks, to the byte', (layout, count) => {
  const sizes = [TB4, TB6, TB1, TB18, TB2, 137438953472, TB20].slice(0, count)
  const changes = layout.endsWith('-zfs') ? { log: extra(sizes, 0) } : {}
  const { space, usableBytes, disks, dataPool } = storageOf(layout, sizes, {
    ...changes,
    ...swap,
    dataPool: { layout: 'raidz1', devices: extra(sizes, 1, 2, 3) },
  })
  const sum = (parts: typeof space) => parts.reduce((total, { bytes }) => total + bytes, 0)
  const raw = (isData: boolean) =>
    disks.filter(({ role }) => (role === 'data') === isData).reduce((total, { sizeBytes }) => total + sizeBytes, 0)
  expect(usableBytes).toBeGreaterThan(0)
  expect(space.every(({ bytes }) => bytes > 0)).toBe(true)
  expect(sum(space) + usableBytes).toBe(raw(false))
  expect(sum(dataPool?.space ?? []) + (dataPool?.usableBytes ?? 0)).toBe(raw(true))
})
