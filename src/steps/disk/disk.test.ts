import { expect, test } from 'vitest'
import type { DiskAnswers } from '../../model/answers.ts'
import type { Disk } from '../../model/hardware.ts'
import { GIB, MIB } from '../../model/size.ts'
import { hardware } from '../../testing/machine.ts'
import { parseStep } from '../parse-step.ts'
import type { Drafts } from '../step.ts'
import { diskStep, OPTIONAL_DISK_KEYS } from './disk.ts'
import { checkEsp } from './esp.ts'
import { checkSwap, suggestedSwap, swapForHibernation } from './swap.ts'
import { targetProblems } from './target-problems.ts'

const machine = hardware('two-virtio-uefi-tpm')
const a = '/dev/disk/by-id/virtio-keystone-a'
const b = '/dev/disk/by-id/virtio-keystone-b'

const draft: Drafts['disk'] = {
  layout: 'single-zfs',
  devices: [a],
  esp: '1GiB',
  swap: '512MiB',
  hibernation: false,
  spares: [],
  log: [],
  cache: [],
  special: [],
  dataLayout: 'none',
  dataDevices: [],
}
const answers: DiskAnswers = {
  layout: 'single-zfs',
  devices: [a],
  espBytes: GIB,
  swapBytes: 512 * MIB,
  swapKind: 'random',
  spares: [],
  log: [],
  cache: [],
  special: [],
  dataPool: null,
}

const parse = (changes: object) => {
  const parsed = parseStep(diskStep, { ...draft, ...changes })
  return 'problems' in parsed ? parsed.problems.map(({ code, path }) => [code, path.join('.')]) : parsed.value
}
const check = (devices: string[], swapBytes: number, hardware = machine, changes: Partial<DiskAnswers> = {}) =>
  diskStep
    .check({ ...answers, devices, swapBytes, ...changes }, hardware)
    .map(({ code, path }) => [code, path.join('.')])
const id = (index: number) => `/dev/disk/by-id/disk-${index}`
const ids = (count: number, from = 0) => Array.from({ length: count }, (_, index) => id(from + index))

const diskOf = (id: string, changes: Partial<Disk> = {}): Disk => {
  const disk = machine.disks.find((each) => each.id === id)
  if (!disk) throw new Error(`no ${id} in the recorded machine`)
  return { ...disk, ...changes }
}

test('a sound draft becomes answers with sizes in bytes', () => {
  expect(parse({ layout: 'mirror-zfs', devices: [a, b], swap: '1.5GiB', esp: '512 MiB' })).toEqual({
    ...answers,
    layout: 'mirror-zfs',
    devices: [a, b],
    espBytes: 512 * MIB,
    swapBytes: 1536 * MIB,
  })
})

test('every list and the data pool become answers', () => {
  const lists = { spares: [id(2)], log: ids(2, 3), cache: [id(5)], special: ids(2, 6) }
  expect(
    parse({ layout: 'mirror-zfs', devices: [a, b], ...lists, dataLayout: 'raidz1', dataDevices: ids(3, 10) }),
  ).toEqual({
    ...answers,
    ...lists,
    layout: 'mirror-zfs',
    devices: [a, b],
    dataPool: { layout: 'raidz1', devices: ids(3, 10) },
  })
})

test('a swap file for hibernation goes with ext4 and XFS, and with neither ZFS nor no swap', () => {
  const hibernation = { hibernation: true, swap: '16GiB' }
  expect(parse({ layout: 'single-xfs', ...hibernation })).toEqual({
    ...answers,
    layout: 'single-xfs',
    swapBytes: 16 * GIB,
    swapKind: 'hibernation',
  })
  expect(parse(hibernation)).toEqual([['hibernation-on-zfs', 'disk.hibernation']])
  expect(parse({ layout: 'single-ext4', hibernation: true, swap: '0' })).toEqual([['swap-too-small', 'disk.swap']])
})

test.each([
  ['single-zfs', 0, 'too-few-disks'],
  ['single-zfs', 1, null],
  ['single-zfs', 2, 'too-many-disks'],
  ['single-ext4', 2, 'too-many-disks'],
  ['single-xfs', 3, 'too-many-disks'],
  ['mirror-zfs', 1, 'too-few-disks'],
  ['mirror-zfs', 3, null],
  ['stripe-zfs', 1, 'too-few-disks'],
  ['stripe-zfs', 2, null],
  ['raidz1-zfs', 2, 'too-few-disks'],
  ['raidz1-zfs', 3, null],
  ['raidz2-zfs', 3, 'too-few-disks'],
  ['raidz2-zfs', 4, null],
  ['raidz3-zfs', 4, 'too-few-disks'],
  ['raidz3-zfs', 5, null],
  ['raid10-zfs', 2, 'too-few-disks'],
  ['raid10-zfs', 4, null],
  ['raid10-zfs', 5, 'odd-disks'],
])('%s of %s disks gives %s', (layout, count, code) => {
  const parsed = parse({ layout, devices: ids(count) })
  expect(Array.isArray(parsed) ? parsed : null).toEqual(code === null ? null : [[code, 'disk.devices']])
})

test('the rule, the finding, and a layout that would fit are told', () => {
  const sentence = (layout: string, count: number) => {
    const parsed = parseStep(diskStep, { ...draft, layout, devices: ids(count) })
    return 'problems' in parsed ? parsed.problems.map(({ message, hint }) => `${message} (${hint})`) : []
  }
  expect(sentence('raidz1-zfs', 2)).toEqual([
    'raidz1-zfs needs at least 3 disks, got 2 (add a disk, or choose mirror-zfs)',
  ])
  expect(sentence('raidz3-zfs', 1)).toEqual([
    'raidz3-zfs needs at least 5 disks, got 1 (add 4 disks, or choose single-zfs)',
  ])
  expect(sentence('single-ext4', 2)).toEqual([
    'single-ext4 needs exactly 1 disk, got 2 (take one disk off the list, or choose mirror-zfs)',
  ])
  expect(sentence('raid10-zfs', 5)).toEqual([
    'raid10-zfs needs at least 4 disks, in pairs, got 5 (add a disk, or take one off the list)',
  ])
})

test('the data pool has the same rules, and no disks without a layout', () => {
  expect(parse({ dataLayout: 'raidz2', dataDevices: ids(3) })).toEqual([['too-few-disks', 'disk.dataDevices']])
  expect(parse({ dataLayout: 'none', dataDevices: [b] })).toEqual([['no-data-layout', 'disk.dataDevices']])
  expect(parse({ dataLayout: 'raid5', dataDevices: [b] })).toEqual([['invalid-choice', 'disk.dataLayout']])
})

test('no disk is used twice, on whatever lists', () => {
  expect(parse({ layout: 'mirror-zfs', devices: [a, a] })).toEqual([['same-disk-twice', 'disk.devices.1']])
  const zfs = { layout: 'mirror-zfs', devices: [a, b] }
  expect(parse({ ...zfs, spares: [b] })).toEqual([['same-disk-twice', 'disk.spares.0']])
  expect(parse({ ...zfs, cache: [id(1)], log: [id(1)] })).toEqual([['same-disk-twice', 'disk.cache.0']])
  expect(parse({ dataLayout: 'mirror', dataDevices: [b, a] })).toEqual([['same-disk-twice', 'disk.dataDevices.1']])
})

test('spare, log, cache and special disks belong to a pool that has a use for them', () => {
  expect(parse({ layout: 'single-ext4', log: [b], cache: [id(1)] })).toEqual([
    ['needs-zfs', 'disk.log'],
    ['needs-zfs', 'disk.cache'],
  ])
  expect(parse({ layout: 'stripe-zfs', devices: [a, b], spares: [id(1)] })).toEqual([
    ['spare-without-redundancy', 'disk.spares'],
  ])
  expect(parse({ layout: 'mirror-zfs', devices: [a, b], special: [id(1)] })).toEqual([
    ['special-not-redundant', 'disk.special'],
  ])
  expect(parse({ special: [b] })).toMatchObject({ special: [b] })
  expect(parse({ log: ids(3) })).toEqual([['too-many-disks', 'disk.log']])
})

test.each([
  ['512MiB', null],
  ['8 GiB', null],
  ['511MiB', 'esp-too-small'],
  ['0', 'esp-too-small'],
  ['9GiB', 'esp-too-large'],
  ['1GB', 'invalid-size'],
  ['', 'invalid-size'],
])('a boot partition of %j gives %s', (text, code) => {
  expect(checkEsp(text)?.code ?? null).toBe(code)
})

test.each([
  '/dev/sda',
  'virtio-keystone-a',
  '/dev/disk/by-id/',
  '/dev/disk/by-id/../sda',
  '/dev/disk/by-id/a b',
  '/dev/disk/by-id/$(reboot)',
  '/dev/disk/by-id/a"b',
  '/dev/disk/by-id/a\nb',
])('refuses %j as the name of a disk', (device) => {
  expect(parse({ devices: [device] })).toEqual([['invalid-device', 'disk.devices.0']])
})

test.each([
  ['0', null],
  ['512MiB', null],
  ['4 GiB', null],
  ['1TiB', null],
  ['', 'invalid-size'],
  ['4GB', 'invalid-size'],
  ['4096', 'invalid-size'],
  ['-1GiB', 'invalid-size'],
  ['1.3GiB', 'invalid-size'],
  ['511MiB', 'swap-too-small'],
  ['0.1MiB', 'swap-too-small'],
  ['2TiB', 'swap-too-large'],
])('swap of %j gives %s', (text, code) => {
  expect(checkSwap(text)?.code ?? null).toBe(code)
})

test('an 8 GiB disk is enough with 512 MiB of swap, and not with 4 GiB', () => {
  expect(check([a], 512 * MIB)).toEqual([])
  expect(check([a], 4 * GIB)).toEqual([['disk-too-small', 'disk.devices.0']])
})

test('the smallest disk is accepted, one byte less is not', () => {
  const smallest = { ...machine, disks: [diskOf(a, { sizeBytes: 6.5 * GIB })] }
  const smaller = { ...machine, disks: [diskOf(a, { sizeBytes: 6.5 * GIB - 1 })] }
  expect(check([a], 512 * MIB, smallest)).toEqual([])
  expect(check([a], 512 * MIB, smaller)).toEqual([['disk-too-small', 'disk.devices.0']])
})

test('a disk that is not there is answered with those that are', () => {
  const device = '/dev/disk/by-id/virtio-gone'
  expect(diskStep.check({ ...answers, layout: 'mirror-zfs', devices: [a, device] }, machine)).toEqual([
    {
      code: 'disk-not-found',
      path: ['disk', 'devices', 1],
      message: 'this machine has no disk /dev/disk/by-id/virtio-gone',
      hint: `it has ${machine.disks.map(({ id }) => id).join(', ')}`,
    },
  ])
})

test('the disk the system was started from says only that', () => {
  const medium = machine.disks.find(({ isBootMedium }) => isBootMedium)
  expect(check([medium?.id ?? ''], 0)).toEqual([['disk-is-boot-medium', 'disk.devices.0']])
})

test('every reason against a disk is told', () => {
  const disk = diskOf(a, { id: null, isReadOnly: true, inUse: 'mounted at /home', sizeBytes: GIB })
  const codes = targetProblems(disk, { espBytes: GIB, swapBytes: 0 }, []).map(({ code }) => code)
  expect(codes).toEqual(['disk-without-id', 'disk-read-only', 'disk-in-use', 'disk-too-small'])
})

test('a removable disk may be chosen, is noted, and is never the default', () => {
  const hardware = { ...machine, disks: [diskOf(a, { isRemovable: true }), diskOf(b)] }
  expect(check([a], 512 * MIB, hardware)).toEqual([])
  expect(diskStep.defaults(hardware).devices).toEqual([b])
  const lines = diskStep.summary({ ...answers, swapBytes: 0 }, hardware)
  expect(lines).toContainEqual({ label: 'Erase', value: 'vdb, 8 GiB, serial keystone-a, removable' })
})

test('starts with the first free disk and swap that fits it', () => {
  expect(diskStep.defaults(machine)).toEqual(draft)
})

test('a disk that holds data is the default only where every free one does, and swap fits the chosen one', () => {
  const windows = diskOf(a, { contents: ['Windows (NTFS)'], sizeBytes: 100 * GIB })
  const odd = diskOf(a, {
    partitions: [{ path: '/dev/vdb1', sizeBytes: GIB, label: null, filesystem: null, mountpoints: [] }],
  })
  const defaults = (...disks: Disk[]) => {
    const { devices, swap } = diskStep.defaults({ ...machine, disks })
    return [...devices, swap]
  }
  expect(defaults(windows, diskOf(b))).toEqual([b, '512MiB'])
  expect(defaults(odd, diskOf(b))).toEqual([b, '512MiB'])
  expect(defaults(windows, diskOf(b, { inUse: 'mounted at /home' }))[0]).toBe(a)
  expect(defaults(windows, diskOf(b, { contents: ['Linux (ext4)'] }))[0]).toBe(a)
})

test('the defaults of a machine without a free disk choose none', () => {
  expect(diskStep.defaults({ ...machine, disks: [] }).devices).toEqual([])
})

test.each([
  [64 * GIB, 1000 * GIB, '4GiB'],
  [1.9 * GIB, 1000 * GIB, '2GiB'],
  [64 * GIB, 40 * GIB, '2.5GiB'],
  ['unknown' as const, undefined, '4GiB'],
  [0.4 * GIB, 4 * GIB, '512MiB'],
])('with %s of memory and a disk of %s it suggests %s of swap', (memory, disk, expected) => {
  const text = suggestedSwap(memory, disk)
  expect(text).toBe(expected)
  expect(checkSwap(text)).toBeNull()
})

test('hibernation needs swap for all of the memory', () => {
  const hibernation = { layout: 'single-ext4', swapKind: 'hibernation' } as const
  const large = { ...machine, disks: [diskOf(a, { sizeBytes: 100 * GIB })] }
  const withMemory = (memoryBytes: number | 'unknown') => check([a], 16 * GIB, { ...large, memoryBytes }, hibernation)
  expect(withMemory(15.5 * GIB)).toEqual([])
  expect(withMemory(16 * GIB)).toEqual([])
  expect(withMemory(17 * GIB)).toEqual([['swap-smaller-than-memory', 'disk.swap']])
  expect(withMemory('unknown')).toEqual([])
  expect([15.6 * GIB, 16 * GIB, 'unknown' as const].map(swapForHibernation)).toEqual(['16GiB', '16GiB', null])
})

test('disks on every list are looked for, and must not be in use', () => {
  const busy = { ...machine, disks: [diskOf(a), diskOf(b, { inUse: 'mounted at /home' })] }
  const gone = '/dev/disk/by-id/gone'
  expect(check([a], 0, busy, { cache: [b], dataPool: { layout: 'single', devices: [gone] } })).toEqual([
    ['disk-in-use', 'disk.cache.0'],
    ['disk-not-found', 'disk.dataDevices.0'],
  ])
})

test('a spare must be as large as what it stands in for, a cache need not be', () => {
  const disks = [diskOf(a), diskOf(b, { sizeBytes: 6 * GIB })]
  const on = (changes: Partial<DiskAnswers>) => check([a], 0, { ...machine, disks }, changes)
  expect(on({ cache: [b] })).toEqual([])
  expect(on({ spares: [b] })).toEqual([['spare-too-small', 'disk.spares.0']])
  expect(on({ spares: [b], espBytes: 3 * GIB })).toEqual([])
})

test('the review is told what the disks give, and where the rest goes', () => {
  expect(diskStep.summary({ ...answers, layout: 'mirror-zfs', devices: [a, b], swapBytes: 0 }, machine)).toEqual([
    { label: 'Layout', value: 'Mirror, ZFS; goes on when 1 disk dies' },
    { label: 'Erase', value: 'vdb, 8 GiB, serial keystone-a' },
    { label: 'Erase', value: 'vdc, 8 GiB, serial keystone-b' },
    { label: 'Boot', value: '1 GiB on each system disk' },
    { label: 'Swap', value: 'none' },
    { label: 'Space', value: '6.3 GiB for system and data' },
    {
      label: 'The rest',
      value:
        'copies 6.5 GiB, boot partitions 2 GiB, ZFS rounding 1011 MiB, ZFS slop space 208 MiB, ZFS labels 9 MiB, partition tables 4 MiB',
    },
  ])
})

test('what an answer file may leave out makes sound answers', () => {
  expect(parse({ layout: 'single-zfs', devices: [a], ...OPTIONAL_DISK_KEYS })).toEqual({
    ...answers,
    swapBytes: 4 * GIB,
  })
})
