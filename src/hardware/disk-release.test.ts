import { expect, test } from 'vitest'
import { releaseCommands } from './disk-release.ts'
import type { RunningSystem } from './disk-use.ts'
import { parseLsblk } from './lsblk.ts'

const RUNNING: RunningSystem = {
  kernelCommandLine: '',
  mounts: '',
  pools: [],
  poolDevices: null,
  loopFiles: new Map(),
  volumeGroups: new Map(),
  isVentoy: false,
}

function commands(blockdevices: readonly object[], running: Partial<RunningSystem> = {}) {
  const all = parseLsblk(JSON.stringify({ blockdevices })) ?? []
  const [disk] = all
  if (disk === undefined) throw new Error('no disk')
  return releaseCommands(disk, all, { ...RUNNING, ...running })
}

const disk = (name: string, ...children: object[]) => ({ name, type: 'disk', children })
const part = (name: string, fields: object = {}) => ({ name, type: 'part', ...fields })

test('a disk that is free needs none', () => {
  expect(commands([disk('vdb', part('vdb1', { fstype: 'ext4' }))])).toEqual([])
})

test('mounts end with the deepest one first, swap by its device', () => {
  const two = disk('vdb', part('vdb1', { mountpoints: ['/media/my disk'] }), part('vdb2', { mountpoints: ['[SWAP]'] }))
  expect(commands([two], { mounts: '/dev/vdb1 /media/my\\040disk/below ext4 rw 0 0\n' })).toEqual([
    "umount '/media/my disk/below'",
    "umount '/media/my disk'",
    'swapoff /dev/vdb2',
  ])
})

test('of a stack the top goes first: a mount, LUKS, LVM, RAID', () => {
  const luks = { name: 'luks-home', type: 'crypt', mountpoints: ['/home'] }
  const volume = { name: 'group-home', path: '/dev/mapper/group-home', type: 'lvm', children: [luks] }
  const array = { name: 'md127', type: 'raid1', children: [volume] }
  expect(commands([disk('vdb', part('vdb1', { children: [array] }))])).toEqual([
    'umount /home',
    'cryptsetup close luks-home',
    'lvchange --activate n /dev/mapper/group-home',
    'mdadm --stop /dev/md127',
  ])
})

test('an imported pool is exported, once for all its partitions', () => {
  const member = (name: string) => part(name, { fstype: 'zfs_member', label: 'tank' })
  expect(commands([disk('vdb', member('vdb1'), member('vdb2'))], { pools: ['tank'] })).toEqual(['zpool export tank'])
})

test('of an array that runs on its other disk that one is named', () => {
  const member = (name: string, more: object = {}) => part(name, { fstype: 'linux_raid_member', uuid: 'u', ...more })
  const running = member('vdc1', { children: [{ name: 'md0', type: 'raid1' }] })
  expect(commands([disk('vdb', member('vdb1')), disk('vdc', running)])).toEqual(['mdadm --stop /dev/md0'])
})

test('nobody is told to unmount the system that runs', () => {
  expect(commands([disk('vdb', part('vdb1', { mountpoints: ['/'] }))])).toEqual([])
})
