import { expect, test } from 'vitest'
import { makeDisks } from './disks.ts'
import { parseLsblk } from './lsblk.ts'

const QUIET = {
  kernelCommandLine: '',
  mounts: '',
  pools: [],
  poolDevices: null,
  loopFiles: new Map(),
  volumeGroups: new Map([['pv-1', 'ubuntu-vg']]),
  isVentoy: false,
}

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
  const others = ['loop0', 'zram0', 'ram0', 'fd0', 'zd16', 'nbd0', 'bcache0', 'mmcblk0boot0', 'mmcblk0rpmb'].map(
    (name) => ({
      name,
      type: 'disk',
      size: 1,
    }),
  )
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

test.each([
  ['Linux (ext4, debian)', { fstype: 'ext4', label: 'debian', partlabel: 'root' }],
  ['Linux (xfs, fedora-root)', { fstype: 'xfs', partlabel: 'fedora-root' }],
  ['Linux (btrfs)', { fstype: 'btrfs', partlabel: 'Linux filesystem' }],
  ['ZFS pool tank', { fstype: 'zfs_member', label: 'tank' }],
  ['md RAID (nas:0)', { fstype: 'linux_raid_member', label: 'nas:0' }],
  ['LVM (ubuntu-vg)', { fstype: 'LVM2_member', uuid: 'pv-1' }],
  ['LVM', { fstype: 'LVM2_member', uuid: 'pv-2' }],
  ['bcache', { fstype: 'bcache' }],
  ['Windows (BitLocker)', { fstype: 'BitLocker', partlabel: 'Basic data partition' }],
  ['NTFS (Fotos)', { fstype: 'ntfs', label: 'Fotos' }],
  ['Windows recovery', { fstype: 'ntfs', parttype: 'de94bba4-06d1-4d4d-a16a-bfd50179d6ac' }],
  ['Linux (ext4, データ)', { fstype: 'ext4', label: 'データ' }],
  ['Linux (ext4, a\ufffd[31mb)', { fstype: 'ext4', label: 'a\u001b[31mb' }],
  ['Linux (ext4, abcdefghijklmnopqrstu...)', { fstype: 'ext4', label: 'abcdefghijklmnopqrstuvwxyz' }],
])('calls it %s', (word, part) => {
  const disk = { name: 'sda', type: 'disk', size: 1, children: [{ name: 'sda1', type: 'part', ...part }] }
  expect(disks(disk)[0]?.contents).toEqual([word])
})

test('NTFS beside a partition that only Windows makes is Windows', () => {
  const reserved = { name: 'sda1', type: 'part', parttype: 'e3c9e316-0b5c-4db8-817d-f92df00215ae' }
  const ntfs = { name: 'sda2', type: 'part', fstype: 'ntfs' }
  expect(disks({ name: 'sda', type: 'disk', size: 1, children: [reserved, ntfs] })[0]?.contents).toEqual([
    'Windows (NTFS)',
  ])
})
