import { expect, test } from 'vitest'
import { makeDisks } from './disks.ts'
import { parseLsblk } from './lsblk.ts'

const QUIET = { kernelCommandLine: '', mounts: '', pools: [], poolDevices: null, loopFiles: new Map() }

function disks(...blockdevices: object[]) {
  return makeDisks(parseLsblk(JSON.stringify({ blockdevices })) ?? [], new Map(), QUIET)
}

test.each([
  ['nvme', { name: 'nvme0n1', tran: 'nvme', rota: false }],
  ['ssd', { name: 'sda', tran: 'sata', rota: false }],
  ['hdd', { name: 'sda', tran: 'sata', rota: true }],
  ['virtual', { name: 'vda', tran: 'virtio', rota: true }],
  ['virtual', { name: 'sda', tran: 'scsi', model: 'QEMU HARDDISK', rota: true }],
  ['unknown', { name: 'sda', tran: 'usb', rota: true }],
  ['unknown', { name: 'sda' }],
])('kind %s', (kind, device) => {
  expect(disks({ type: 'disk', size: 1, ...device })[0]?.kind).toBe(kind)
})

test('lists only what a person could install on', () => {
  const others = ['loop0', 'zram0', 'ram0', 'fd0', 'zd16', 'nbd0', 'mmcblk0boot0', 'mmcblk0rpmb'].map((name) => ({
    name,
    type: 'disk',
    size: 1,
  }))
  const rom = { name: 'sr0', type: 'rom', size: 1 }
  const emptyReader = { name: 'sdx', type: 'disk', size: 0 }
  expect(
    disks(...others, rom, emptyReader, { name: 'mmcblk0', type: 'disk', size: 1 }).map((disk) => disk.name),
  ).toEqual(['mmcblk0'])
})

test('says in words what is on a disk', () => {
  const esp = { name: 'a1', type: 'part', fstype: 'vfat', parttype: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b' }
  const parts = [
    esp,
    { name: 'a2', fstype: 'ntfs' },
    { name: 'a3', fstype: 'ext4' },
    { name: 'a4', fstype: 'ext4' },
    { name: 'a5', fstype: 'zfs_member' },
    { name: 'a6', fstype: 'crypto_LUKS' },
    { name: 'a7', fstype: 'squashfs' },
  ]
  expect(disks({ name: 'a', type: 'disk', size: 1, pttype: 'gpt', children: parts })[0]?.contents).toEqual([
    'EFI system partition',
    'NTFS',
    'Linux (ext4)',
    'ZFS pool',
    'LUKS',
    'squashfs',
  ])
  expect(disks({ name: 'a', type: 'disk', size: 1 })[0]?.contents).toEqual([])
  expect(disks({ name: 'a', type: 'disk', size: 1, pttype: 'gpt' })[0]?.contents).toEqual(['empty partition table'])
  const rootWithoutType = { name: 'a', type: 'disk', size: 1, mountpoints: ['/'] }
  expect(disks(rootWithoutType)[0]?.contents).toEqual(['a mounted file system'])
})
