import { expect, test } from 'vitest'
import type { Hardware } from '../model/hardware.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { zfsPlan } from '../testing/task-context.ts'
import { findSticks } from './find-sticks.ts'

const GIB = 2 ** 30
const part = (name: string, fstype: string | null, more: object = {}) => ({
  ...{ name, path: `/dev/${name}`, type: 'part', size: GIB, fstype, label: `label-${name}`, mountpoints: [null] },
  ...more,
})
const disk = (name: string, more: object, ...children: object[]) => ({
  ...{
    name,
    path: `/dev/${name}`,
    type: 'disk',
    size: 2 * GIB,
    mountpoints: [null],
    rm: false,
    tran: 'sata',
    ro: false,
  },
  ...more,
  children,
})
const usb = { rm: true, tran: 'usb' }
const none = { disks: [] as Hardware['disks'] } as Hardware

const find = (devices: readonly object[], hardware = none) =>
  findSticks(
    fakeSystem({
      commands: { 'lsblk -J -b -O': JSON.stringify({ blockdevices: devices }) },
      files: { '/proc/self/mounts': '', '/proc/cmdline': '', '/dev/vdb': '' },
      links: { '/dev/disk/by-id/virtio-keystone-a': '/dev/vdb' },
    }),
    hardware,
    zfsPlan,
  )

test('finds file systems on sticks, with a partition table and without, and no others', async () => {
  const devices = [
    disk('sda', {}, part('sda1', 'ext4')),
    disk('sdb', usb, part('sdb1', 'vfat'), part('sdb2', 'ntfs'), part('sdb3', null)),
    disk('sdc', { ...usb, fstype: 'exfat', label: null }),
    disk('sdd', { rm: false, tran: 'usb' }, part('sdd1', 'ext4')),
  ]
  expect(await find(devices)).toEqual([
    { partition: '/dev/sdb1', label: 'label-sdb1', sizeBytes: GIB },
    { partition: '/dev/sdc', label: '', sizeBytes: 2 * GIB },
    { partition: '/dev/sdd1', label: 'label-sdd1', sizeBytes: GIB },
  ])
})

test('one place on each stick: the largest, and the whole of it where that is the file system', async () => {
  const devices = [
    disk('sdb', usb, part('sdb1', 'vfat', { size: GIB / 8 }), part('sdb2', 'exfat')),
    disk('sdc', { ...usb, fstype: 'vfat', label: 'STICK' }, part('sdc1', 'vfat', { size: 2 * GIB, label: 'STICK' })),
  ]
  expect(await find(devices)).toEqual([
    { partition: '/dev/sdb2', label: 'label-sdb2', sizeBytes: GIB },
    { partition: '/dev/sdc', label: 'STICK', sizeBytes: 2 * GIB },
  ])
})

test('never a disk of the plan, one that is mounted or write-protected, or the boot medium', async () => {
  const mounted = part('sdb1', 'vfat', { mountpoints: ['/media/stick'] })
  const devices = [
    disk('vdb', usb, part('vdb1', 'vfat')),
    disk('sdb', usb, mounted, part('sdb2', 'vfat')),
    disk('sdc', { ...usb, ro: true }, part('sdc1', 'vfat')),
    disk('sdd', usb, part('sdd1', 'vfat')),
  ]
  const bootMedium = { path: '/dev/sdd', isBootMedium: true } as Hardware['disks'][number]
  expect(await find(devices, { ...none, disks: [bootMedium] })).toEqual([])
})

test('nothing where lsblk gives no answer', async () => {
  expect(await findSticks(fakeSystem({ commands: { 'lsblk -J -b -O': { exitCode: 1 } } }), none, null)).toEqual([])
})
