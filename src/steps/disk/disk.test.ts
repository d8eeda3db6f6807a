import { expect, test } from 'vitest'
import type { Disk } from '../../model/hardware.ts'
import { GIB, MIB } from '../../model/size.ts'
import { hardware } from '../../testing/machine.ts'
import { parseStep } from '../parse-step.ts'
import { diskStep } from './disk.ts'
import { checkSwap, suggestedSwap } from './swap.ts'
import { targetProblems } from './target-problems.ts'

const machine = hardware('two-virtio-uefi-tpm')
const a = '/dev/disk/by-id/virtio-keystone-a'
const b = '/dev/disk/by-id/virtio-keystone-b'

const parse = (draft: object) => {
  const parsed = parseStep(diskStep, { layout: 'single-zfs', devices: [a], swap: '512MiB', ...draft })
  return 'problems' in parsed ? parsed.problems.map(({ code, path }) => [code, path.join('.')]) : parsed.value
}
const check = (devices: string[], swapBytes: number, hardware = machine) =>
  diskStep.check({ layout: 'single-zfs', devices, swapBytes }, hardware).map(({ code, path }) => [code, path.join('.')])

const diskOf = (id: string, changes: Partial<Disk> = {}): Disk => {
  const disk = machine.disks.find((each) => each.id === id)
  if (!disk) throw new Error(`no ${id} in the recorded machine`)
  return { ...disk, ...changes }
}

test('a sound draft becomes answers with swap in bytes', () => {
  expect(parse({ layout: 'mirror-zfs', devices: [a, b], swap: '1.5GiB' })).toEqual({
    layout: 'mirror-zfs',
    devices: [a, b],
    swapBytes: 1536 * MIB,
  })
})

test('each layout has its number of disks', () => {
  expect(parse({ devices: [] })).toEqual([['too-few-disks', 'disk.devices']])
  expect(parse({ devices: [a, b] })).toEqual([['too-many-disks', 'disk.devices']])
  expect(parse({ layout: 'single-ext4', devices: [a, b] })).toEqual([['too-many-disks', 'disk.devices']])
  expect(parse({ layout: 'mirror-zfs', devices: [a] })).toEqual([['too-few-disks', 'disk.devices']])
})

test('the same disk twice is no mirror', () => {
  expect(parse({ layout: 'mirror-zfs', devices: [a, a] })).toEqual([['same-disk-twice', 'disk.devices.1']])
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
  expect(diskStep.check({ layout: 'mirror-zfs', devices: [a, device], swapBytes: 0 }, machine)).toEqual([
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
  const codes = targetProblems(disk, 0, []).map(({ code }) => code)
  expect(codes).toEqual(['disk-without-id', 'disk-read-only', 'disk-in-use', 'disk-too-small'])
})

test('a removable disk may be chosen, is noted, and is never the default', () => {
  const hardware = { ...machine, disks: [diskOf(a, { isRemovable: true }), diskOf(b)] }
  expect(check([a], 512 * MIB, hardware)).toEqual([])
  expect(diskStep.defaults(hardware).devices).toEqual([b])
  const lines = diskStep.summary({ layout: 'single-zfs', devices: [a], swapBytes: 0 }, hardware)
  expect(lines).toContainEqual({ label: 'Erase', value: 'vdb, 8 GiB, serial keystone-a, removable' })
})

test('starts with the first free disk and swap that fits it', () => {
  expect(diskStep.defaults(machine)).toEqual({ layout: 'single-zfs', devices: [a], swap: '512MiB' })
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
