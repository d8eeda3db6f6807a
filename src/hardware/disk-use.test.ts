import { expect, test } from 'vitest'
import { findUse, type RunningSystem } from './disk-use.ts'
import { type BlockDevice, parseLsblk } from './lsblk.ts'

const QUIET: RunningSystem = {
  kernelCommandLine: '',
  mounts: '',
  pools: [],
  poolDevices: null,
  loopFiles: new Map(),
  volumeGroups: new Map(),
  isVentoy: false,
}

function disk(fields: object, name = 'sda'): BlockDevice {
  const [device] = parseLsblk(JSON.stringify({ blockdevices: [{ name, type: 'disk', ...fields }] })) ?? []
  if (!device) throw new Error('the test wrote no device')
  return device
}
const below = (...children: object[]) => ({ children })

test.each([
  [null, below({ name: 'sda1', type: 'part', fstype: 'ext4', mountpoints: [null] })],
  ['mounted at /home', below({ name: 'sda1', type: 'part', mountpoints: ['/home/deep', '/home'] })],
  ['mounted at /data', { mountpoint: '/data' }],
  [
    'mounted at /srv',
    below({ name: 'sda1', type: 'part', children: [{ name: 'vg-srv', type: 'lvm', mountpoints: ['/srv'] }] }),
  ],
  ['swap in use', below({ name: 'sda2', type: 'part', mountpoints: ['[SWAP]'] })],
  [
    'part of the running RAID md127',
    below({ name: 'sda1', type: 'part', children: [{ name: 'md127', type: 'raid1' }] }),
  ],
  ['holds the active LVM volume vg-root', below({ name: 'vg-root', type: 'lvm' })],
  [
    'holds the open encrypted device cryptroot',
    below({ name: 'sda2', type: 'part', children: [{ name: 'cryptroot', type: 'crypt' }] }),
  ],
  ['one path to the multipath device mpatha', below({ name: 'mpatha', type: 'mpath' })],
  ['one path to a multipath device', { fstype: 'mpath_member' }],
  ['part of the bcache device bcache0', below({ name: 'bcache0', type: 'disk' })],
  ['part of the mapping luks-reencrypt', below({ name: 'luks-reencrypt', type: 'dm' })],
])('in use: %s', (use, fields) => {
  expect(findUse(disk(fields), [], QUIET)).toBe(use)
})

const member = disk(below({ name: 'sda1', type: 'part', fstype: 'zfs_member', label: 'tank' }))

test('a ZFS pool is in use only while it is imported, and only its own disks', () => {
  expect(findUse(member, [], QUIET)).toBe(null)
  expect(findUse(member, [], { ...QUIET, pools: ['tank'], poolDevices: ['/dev/sda1'] })).toBe(
    'part of the imported ZFS pool tank',
  )
  expect(findUse(member, [], { ...QUIET, pools: ['tank'], poolDevices: ['/dev/sdb1'] })).toBe(null)
  expect(findUse(member, [], { ...QUIET, pools: ['other'], poolDevices: ['/dev/sdb1'] })).toBe(null)
})

test('when zpool cannot be asked, the name of the pool is enough', () => {
  expect(findUse(member, [], { ...QUIET, pools: ['tank'] })).toBe('part of the imported ZFS pool tank')
})

test('a member of a running array, file system or volume group is in use though nothing shows on it', () => {
  const shared = (fstype: string, uuid: string) => ({ type: 'part', fstype, uuid })
  const mounted = disk(below({ name: 'sda1', ...shared('btrfs', 'b-1'), mountpoints: ['/'] }))
  expect(findUse(disk(below({ name: 'sdb1', ...shared('btrfs', 'b-1') }), 'sdb'), [mounted], QUIET)).toBe(
    'shares a file system or RAID with sda, which is mounted at /',
  )
  expect(findUse(disk(below({ name: 'sdb1', ...shared('btrfs', 'b-2') }), 'sdb'), [mounted], QUIET)).toBe(null)
  // A copied ext4 has the same UUID too, and is a file system of its own.
  const ext4 = disk(below({ name: 'sda1', ...shared('ext4', 'b-1'), mountpoints: ['/'] }))
  expect(findUse(disk(below({ name: 'sdb1', ...shared('ext4', 'b-1') }), 'sdb'), [ext4], QUIET)).toBe(null)

  const raid = disk(
    below({ ...shared('linux_raid_member', 'm-1'), name: 'sda1', children: [{ name: 'md0', type: 'raid1' }] }),
  )
  expect(findUse(disk({ fstype: 'linux_raid_member', uuid: 'm-1' }, 'sdb'), [raid], QUIET)).toBe(
    'shares a file system or RAID with sda, which is part of the running RAID md0',
  )

  const active = disk(
    below({ name: 'sda1', ...shared('LVM2_member', 'p-1'), children: [{ name: 'my--vg-root', type: 'lvm' }] }),
  )
  const empty = disk({ fstype: 'LVM2_member', uuid: 'p-2' }, 'sdb')
  const running = {
    ...QUIET,
    volumeGroups: new Map([
      ['p-1', 'my-vg'],
      ['p-2', 'my-vg'],
    ]),
  }
  expect(findUse(empty, [active, empty], running)).toBe('part of the LVM volume group my-vg, which is in use')
  expect(findUse(empty, [active, empty], { ...running, volumeGroups: new Map([['p-2', 'other']]) })).toBe(null)
})

test('the mounts themselves count where lsblk shows none', () => {
  const mounts = '/dev/sda1 /mnt/a\\040b ext4 rw 0 0\n'
  expect(findUse(disk(below({ name: 'sda1', type: 'part' })), [], { ...QUIET, mounts })).toBe('mounted at /mnt/a b')
})
