import { expect, test } from 'vitest'
import { findUse, isBootMedium, type RunningSystem } from './disk-use.ts'
import { type BlockDevice, parseLsblk } from './lsblk.ts'

const QUIET: RunningSystem = { kernelCommandLine: '', mounts: '', pools: [], poolDevices: null, loopFiles: new Map() }

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
  ['part of the mapping mpatha', below({ name: 'mpatha', type: 'mpath' })],
])('in use: %s', (use, fields) => {
  expect(findUse(disk(fields), QUIET)).toBe(use)
})

const member = disk(below({ name: 'sda1', type: 'part', fstype: 'zfs_member', label: 'tank' }))

test('a ZFS pool is in use only while it is imported, and only its own disks', () => {
  expect(findUse(member, QUIET)).toBe(null)
  expect(findUse(member, { ...QUIET, pools: ['tank'], poolDevices: ['/dev/sda1'] })).toBe(
    'part of the imported ZFS pool tank',
  )
  expect(findUse(member, { ...QUIET, pools: ['tank'], poolDevices: ['/dev/sdb1'] })).toBe(null)
  expect(findUse(member, { ...QUIET, pools: ['other'], poolDevices: ['/dev/sdb1'] })).toBe(null)
})

test('when zpool cannot be asked, the name of the pool is enough', () => {
  expect(findUse(member, { ...QUIET, pools: ['tank'] })).toBe('part of the imported ZFS pool tank')
})

test.each(['/', '/iso', '/nix/.ro-store', '/run/live/medium'])('a disk mounted at %s is the boot medium', (where) => {
  const medium = disk(below({ name: 'sda1', type: 'part', mountpoints: [where] }))
  expect(isBootMedium(medium, [medium], QUIET)).toBe(true)
})

test('a disk mounted elsewhere is not the boot medium', () => {
  const data = disk(below({ name: 'sda1', type: 'part', mountpoints: ['/home', '/boot/efi'] }))
  expect(isBootMedium(data, [data], QUIET)).toBe(false)
})

test('the disk with the file behind the mounted image is the boot medium', () => {
  const medium = disk(below({ name: 'sda1', type: 'part', mountpoints: ['/findiso'] }))
  const other = disk(below({ name: 'sdb1', type: 'part', mountpoints: ['/mnt'] }), 'sdb')
  const loop = disk({ type: 'loop', mountpoints: ['/nix/.ro-store'] }, 'loop0')
  const running = { ...QUIET, loopFiles: new Map([['loop0', '/findiso/images/nixos.iso']]) }
  expect(isBootMedium(medium, [medium, other, loop], running)).toBe(true)
  expect(isBootMedium(other, [medium, other, loop], running)).toBe(false)
})

test('a live system in memory still names its medium on the kernel command line', () => {
  const medium = disk(below({ name: 'sda1', type: 'part', fstype: 'iso9660', label: 'nixos-26.05' }))
  const other = disk(below({ name: 'sdb1', type: 'part', label: 'nixos' }), 'sdb')
  const running = { ...QUIET, kernelCommandLine: 'init=/x root=LABEL=nixos-26.05 copytoram\n' }
  expect(isBootMedium(medium, [medium, other], running)).toBe(true)
  expect(isBootMedium(other, [medium, other], running)).toBe(false)
  expect(isBootMedium(other, [other], { ...QUIET, kernelCommandLine: 'noroot=LABEL=nixos' })).toBe(false)
})

test('the live image in memory names its medium by a word of its own', () => {
  const medium = disk({ fstype: 'iso9660', label: 'KEYSTONE_0_1_0' })
  const other = disk(below({ name: 'sdb1', type: 'part', label: 'KEYSTONE' }), 'sdb')
  const running = { ...QUIET, kernelCommandLine: 'init=/x copytoram keystone.medium=KEYSTONE_0_1_0\n' }
  expect(isBootMedium(medium, [medium, other], running)).toBe(true)
  expect(isBootMedium(other, [medium, other], running)).toBe(false)
})

test('a ZFS root makes its pool a boot medium', () => {
  const running = { ...QUIET, mounts: 'tank/root / zfs rw 0 0\n', pools: ['tank'], poolDevices: ['/dev/sda1'] }
  expect(isBootMedium(member, [member], running)).toBe(true)
  expect(isBootMedium(member, [member], { ...running, mounts: 'tank/home /home zfs rw 0 0\n' })).toBe(false)
})
