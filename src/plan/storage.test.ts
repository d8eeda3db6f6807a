import { expect, test } from 'vitest'
import type { DiskAnswers, Unlock } from '../model/answers.ts'
import type { Disk } from '../model/hardware.ts'
import { GIB, MIB } from '../model/size.ts'
import { hardware } from '../testing/machine.ts'
import { actions, actionWords } from './actions.ts'
import { expectedPool, expectedSwap, expectedTables } from './expected.ts'
import { diskChanges, labelWords } from './preview.ts'
import { planStorage } from './storage.ts'
import { diskKey } from './vdevs.ts'

const machine = hardware('two-virtio-uefi-tpm')
const a = '/dev/disk/by-id/virtio-keystone-a'
const b = '/dev/disk/by-id/virtio-keystone-b'
const template = machine.disks.find(({ id }) => id === a) as Disk
/** Ten disks: 0 to 9. */
const disks = Array.from(
  { length: 10 },
  (_, index): Disk => ({ ...template, id: id(index), name: `sd${'abcdefghij'[index]}` }),
)
function id(index: number): string {
  return `/dev/disk/by-id/disk-${index}`
}
const ids = (count: number, from = 0) => Array.from({ length: count }, (_, index) => id(from + index))

const base: DiskAnswers = {
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

function storageOf(changes: Partial<DiskAnswers>, unlock: Unlock = 'passphrase') {
  const storage = planStorage({ ...base, ...changes }, unlock, [...machine.disks, ...disks])
  if (!storage) throw new Error('no storage')
  return storage
}

test('single-zfs: one disk, the pool with its datasets, the credstore as the LUKS device', () => {
  const { usableBytes, space, ...rest } = storageOf({})
  expect(usableBytes + space.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(8 * GIB)
  expect(rest).toEqual({
    layout: 'single-zfs',
    isEncrypted: true,
    espBytes: GIB,
    swapBytes: 512 * MIB,
    swapKind: 'random',
    disks: [
      {
        key: 'a',
        role: 'system',
        id: a,
        model: null,
        serial: 'keystone-a',
        sizeBytes: 8 * GIB,
        logicalSectorBytes: 512,
        espMountpoint: '/boot',
      },
    ],
    luksDevice: '/dev/zvol/rpool/credstore',
    luksName: 'credstore',
    pool: 'rpool',
    vdevs: [{ kind: 'data', mode: '', disks: ['a'] }],
    datasets: [
      { name: 'rpool/crypt/root', mountpoint: '/' },
      { name: 'rpool/crypt/nix', mountpoint: '/nix' },
      { name: 'rpool/crypt/var', mountpoint: '/var' },
      { name: 'rpool/crypt/etcd', mountpoint: '/var/lib/etcd' },
      { name: 'rpool/crypt/kubernetes', mountpoint: '/var/lib/kubernetes' },
    ],
    mounts: [
      { target: '/', source: 'rpool/crypt/root', filesystem: 'zfs' },
      { target: '/nix', source: 'rpool/crypt/nix', filesystem: 'zfs' },
      { target: '/var', source: 'rpool/crypt/var', filesystem: 'zfs' },
      { target: '/var/lib/etcd', source: 'rpool/crypt/etcd', filesystem: 'zfs' },
      { target: '/var/lib/kubernetes', source: 'rpool/crypt/kubernetes', filesystem: 'zfs' },
      { target: '/boot', source: '/dev/disk/by-partlabel/disk-a-esp', filesystem: 'vfat' },
    ],
    dataPool: null,
  })
})

test.each([
  ['single-ext4', 'passphrase', 'ext4', '/dev/mapper/cryptroot', '/dev/disk/by-partlabel/disk-a-root', 'cryptroot'],
  ['single-xfs', 'tpm', 'xfs', '/dev/mapper/cryptroot', '/dev/disk/by-partlabel/disk-a-root', 'cryptroot'],
  ['single-ext4', 'none', 'ext4', '/dev/disk/by-partlabel/disk-a-root', null, null],
  ['single-xfs', 'none', 'xfs', '/dev/disk/by-partlabel/disk-a-root', null, null],
] as const)('%s with unlock %s: %s on %s', (layout, unlock, filesystem, source, luksDevice, luksName) => {
  const storage = storageOf({ layout }, unlock)
  expect(storage).toMatchObject({ luksDevice, luksName, pool: null, datasets: [], vdevs: [] })
  expect(storage.mounts).toEqual([
    { target: '/', source, filesystem },
    { target: '/boot', source: '/dev/disk/by-partlabel/disk-a-esp', filesystem: 'vfat' },
  ])
})

test('ZFS without encryption has no credstore, and its datasets are below rpool/system', () => {
  const storage = storageOf({}, 'none')
  expect(storage).toMatchObject({ isEncrypted: false, luksDevice: null, luksName: null, pool: 'rpool' })
  expect(storage.datasets.map(({ name }) => name)).toEqual([
    'rpool/system/root',
    'rpool/system/nix',
    'rpool/system/var',
    'rpool/system/etcd',
    'rpool/system/kubernetes',
  ])
})

test.each([
  ['mirror-zfs', 2, [['mirror', 'a b']]],
  ['mirror-zfs', 3, [['mirror', 'a b c']]],
  [
    'stripe-zfs',
    2,
    [
      ['', 'a'],
      ['', 'b'],
    ],
  ],
  ['raidz1-zfs', 3, [['raidz1', 'a b c']]],
  ['raidz2-zfs', 4, [['raidz2', 'a b c d']]],
  ['raidz3-zfs', 5, [['raidz3', 'a b c d e']]],
  [
    'raid10-zfs',
    6,
    [
      ['mirror', 'a b'],
      ['mirror', 'c d'],
      ['mirror', 'e f'],
    ],
  ],
] as const)('%s of %s disks is %j, with an ESP on each', (layout, count, vdevs) => {
  const storage = storageOf({ layout, devices: ids(count) })
  expect(storage.vdevs.map(({ mode, disks }) => [mode, disks.join(' ')])).toEqual(vdevs)
  expect(storage.disks.map(({ espMountpoint }) => espMountpoint)).toEqual(
    ['/boot', '/boot2', '/boot3', '/boot4', '/boot5', '/boot6'].slice(0, count),
  )
})

test.each([
  ['mirror-zfs', 1],
  ['raidz1-zfs', 2],
  ['raidz2-zfs', 3],
  ['raidz3-zfs', 4],
  ['raid10-zfs', 5],
  ['raid10-zfs', 2],
  ['single-xfs', 2],
] as const)('there is no storage for %s of %s disks', (layout, count) => {
  expect(planStorage({ ...base, layout, devices: ids(count) }, 'passphrase', disks)).toBeNull()
  expect(planStorage({ ...base, devices: ['/dev/disk/by-id/gone'] }, 'passphrase', disks)).toBeNull()
})

const full: Partial<DiskAnswers> = {
  layout: 'mirror-zfs',
  devices: ids(2),
  spares: [id(2)],
  log: ids(2, 3),
  cache: [id(5)],
  special: ids(2, 6),
  dataPool: { layout: 'stripe', devices: ids(2, 8) },
}

test('spare, log, cache, special and data disks are whole disks with keys by their role', () => {
  const storage = storageOf(full)
  expect(storage.disks.map(({ key, role, espMountpoint }) => [key, role, espMountpoint])).toEqual([
    ['a', 'system', '/boot'],
    ['b', 'system', '/boot2'],
    ['spare1', 'spare', null],
    ['log1', 'log', null],
    ['log2', 'log', null],
    ['cache1', 'cache', null],
    ['special1', 'special', null],
    ['special2', 'special', null],
    ['data1', 'data', null],
    ['data2', 'data', null],
  ])
  expect(storage.mounts.slice(-3)).toEqual([
    { target: '/data', source: 'data/crypt/files', filesystem: 'zfs' },
    { target: '/boot', source: '/dev/disk/by-partlabel/disk-a-esp', filesystem: 'vfat' },
    { target: '/boot2', source: '/dev/disk/by-partlabel/disk-b-esp', filesystem: 'vfat' },
  ])
  expect(storageOf(full, 'none').dataPool?.datasets).toEqual([{ name: 'data/files', mountpoint: '/data' }])
})

test('the pools as they must be found afterwards', () => {
  const path = (key: string) => `/dev/disk/by-partlabel/disk-${key}-zfs`
  const [system, data] = expectedPool({ storage: storageOf(full) })
  expect(system?.vdevs).toEqual([
    { kind: 'data', mode: 'mirror', members: [path('a'), path('b')] },
    { kind: 'special', mode: 'mirror', members: [path('special1'), path('special2')] },
    { kind: 'log', mode: 'mirror', members: [path('log1'), path('log2')] },
    { kind: 'cache', mode: '', members: [path('cache1')] },
    { kind: 'spare', mode: '', members: [path('spare1')] },
  ])
  expect(system?.datasets.map(({ name }) => name)).toEqual([
    'rpool',
    'rpool/credstore',
    'rpool/crypt',
    'rpool/crypt/etcd',
    'rpool/crypt/kubernetes',
    'rpool/crypt/nix',
    'rpool/crypt/root',
    'rpool/crypt/var',
  ])
  expect(data).toEqual({
    name: 'data',
    vdevs: [
      { kind: 'data', mode: '', members: [path('data1')] },
      { kind: 'data', mode: '', members: [path('data2')] },
    ],
    datasets: [
      { name: 'data', mountpoint: null },
      { name: 'data/crypt', mountpoint: null },
      { name: 'data/crypt/files', mountpoint: '/data' },
    ],
  })
  expect(expectedPool({ storage: storageOf({ layout: 'single-xfs' }) })).toEqual([])
})

test('the partition tables as they must be found afterwards, to the sector', () => {
  const [first, second] = expectedTables({ storage: storageOf({ ...full, spares: [] }) })
  const label = (name: string) => expect.objectContaining({ label: name })
  expect(first).toMatchObject({ key: 'a', id: id(0), sectorBytes: 512 })
  expect(first?.partitions).toEqual([label('disk-a-esp'), label('disk-a-swap'), label('disk-a-zfs')])
  expect(second?.partitions[2]).toEqual({
    number: 3,
    label: 'disk-b-zfs',
    startSector: 3147776,
    sectors: 16775168 - 3147776,
    startBytes: 3147776 * 512,
    sizeBytes: (16775168 - 3147776) * 512,
    type: '8300',
  })
  expect(expectedSwap({ storage: storageOf(full) })).toEqual([
    '/dev/disk/by-partlabel/disk-a-swap',
    '/dev/disk/by-partlabel/disk-b-swap',
  ])
})

test('the keys go on after z', () => {
  expect([0, 25, 26, 27, 51, 52, 89].map((index) => diskKey('system', index))).toEqual([
    'a',
    'z',
    'aa',
    'ab',
    'az',
    'ba',
    'cl',
  ])
})

const BEFORE = [
  'nvme0n1p1 FAT "SYSTEM"',
  'nvme0n1p2 "Microsoft reserved part…"',
  'nvme0n1p3 Windows (BitLocker) "Basic data partition"',
  'nvme0n1p4 NTFS "WinRE"',
]
const laptop = hardware('laptop-windows-secure-boot')

test('before and after of a disk add up to its size but for the alignment', () => {
  const target = laptop.disks.find(({ isBootMedium }) => !isBootMedium) as Disk
  const storage = planStorage({ ...base, devices: [target.id ?? ''] }, 'passphrase', laptop.disks)
  if (!storage) throw new Error('no storage')
  const [change] = diskChanges({ storage }, laptop)
  expect(change?.before.map(({ name }) => name)).toEqual(BEFORE)
  expect(change?.after.map(({ name }) => name)).toEqual(['esp', 'swap', 'zfs'])
  for (const segments of [change?.before, change?.after]) {
    const sum = segments?.reduce((total, { sizeBytes }) => total + sizeBytes, 0) ?? 0
    expect(target.sizeBytes - sum).toBeGreaterThanOrEqual(0)
    expect(target.sizeBytes - sum).toBeLessThan(8 * MIB)
  }
})

test('a label of somebody else cannot write to the terminal', () => {
  expect(labelWords('\u001B[2Jgone\u202Eevil')).toBe('"?[2Jgone?evil"')
  expect(labelWords('x'.repeat(30))).toBe(`"${'x'.repeat(23)}…"`)
})

test('volumes on a disk are erased before its partitions, and are none of its stretches', () => {
  const partition = { sizeBytes: 4 * GIB, label: null, filesystem: null, mountpoints: [] }
  const old = {
    ...template,
    path: '/dev/nvme0n1',
    name: 'nvme0n1',
    partitions: [
      { ...partition, path: '/dev/nvme0n1p1', filesystem: 'vfat', label: 'EFI' },
      { ...partition, path: '/dev/nvme0n1p2', filesystem: 'LVM2_member' },
      { ...partition, path: '/dev/mapper/vg-root', filesystem: 'ext4' },
    ],
  }
  const seen = { ...machine, disks: [old] }
  const storage = storageOf({ layout: 'single-ext4' }, 'none')
  expect(diskChanges({ storage }, seen)[0]?.before.map(({ name }) => name)).toEqual([
    'nvme0n1p1 FAT "EFI"',
    'nvme0n1p2 LVM',
  ])
  expect(actions({ storage }, seen).map(actionWords)).toEqual([
    'Erase  /dev/mapper/vg-root on nvme0n1: 4 GiB, ext4',
    'Erase  partition nvme0n1p1 of nvme0n1: 4 GiB, FAT, "EFI"',
    'Erase  partition nvme0n1p2 of nvme0n1: 4 GiB, LVM',
    'Erase  partition table of nvme0n1',
    'Create partition table (GPT) on nvme0n1',
    'Create partition 1 of nvme0n1: esp, 1 GiB, boot files, /boot',
    'Create file system FAT on nvme0n1, mounted at /boot',
    'Create partition 2 of nvme0n1: swap, 512 MiB, a new random key at each boot',
    'Create partition 3 of nvme0n1: root, 6.5 GiB, ext4, /',
    'Create file system ext4 on disk-a-root, mounted at /',
  ])
})

test('every object of a mirror with a data pool is in the list', () => {
  const storage = storageOf({ ...full, spares: [], log: [], cache: [], special: [], swapBytes: 0 })
  const words = actions({ storage }, { ...machine, disks })
    .filter(({ kind, disk }) => kind === 'create' && disk === null)
    .map(actionWords)
  expect(words).toEqual([
    'Create ZFS pool rpool',
    'Create mirror of sda and sdb in pool rpool',
    'Create volume rpool/credstore, 100 MiB',
    'Create LUKS2 on rpool/credstore, which holds the key of the pool',
    'Create file system ext4 in rpool/credstore',
    'Create dataset rpool/crypt, encrypted with aes-256-gcm',
    'Create dataset rpool/crypt/root, mounted at /',
    'Create dataset rpool/crypt/nix, mounted at /nix',
    'Create dataset rpool/crypt/var, mounted at /var',
    'Create dataset rpool/crypt/etcd, mounted at /var/lib/etcd',
    'Create dataset rpool/crypt/kubernetes, mounted at /var/lib/kubernetes',
    'Create ZFS pool data',
    'Create dataset data/crypt, encrypted with aes-256-gcm',
    'Create dataset data/crypt/files, mounted at /data',
  ])
})

test('a blank disk is told as such, and the swap file is in the list', () => {
  const storage = storageOf({ layout: 'single-ext4', swapBytes: 16 * GIB, swapKind: 'hibernation', devices: [b] })
  const all = actions({ storage }, machine)
  expect(all[0]).toEqual({
    kind: 'destroy',
    object: 'partition-table',
    disk: b,
    name: '/dev/vdc',
    text: 'all of vdc: no known data',
  })
  expect(all.map(({ text }) => text)).toContain('LUKS2 on vdc, opened as cryptroot')
  expect(all.at(-1)?.text).toBe('swap file /swapfile, 16 GiB, for hibernation too')
})
