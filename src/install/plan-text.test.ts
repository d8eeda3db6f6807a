import { expect, test } from 'vitest'
import type { Plan } from '../model/plan.ts'
import { GIB } from '../model/size.ts'
import { planStorage } from '../plan/storage.ts'
import { hardware } from '../testing/machine.ts'
import { formatPlan } from './plan-text.ts'

const machine = hardware('two-virtio-uefi-tpm')
const [a, b] = ['/dev/disk/by-id/virtio-keystone-a', '/dev/disk/by-id/virtio-keystone-b'] as const

function plan(): Plan {
  const extra = { spares: [], log: [], cache: [], special: [], dataPool: { layout: 'single', devices: [b] } } as const
  const sizes = { espBytes: GIB, swapBytes: 0, swapKind: 'random' } as const
  const storage = planStorage({ layout: 'single-xfs', devices: [a], ...sizes, ...extra }, 'none', machine.disks)
  if (!storage) throw new Error('no storage')
  return {
    version: 2,
    hash: 'cafe',
    hostName: 'primer',
    hostId: '12345678',
    storage,
    unlock: 'none',
    recoveryKey: false,
    system: { language: 'en_US.UTF-8', keyboard: 'us', timeZone: 'UTC' },
    network: {
      interface: 'bond0',
      bond: { interfaces: ['enp1s0', 'enp2s0'], mode: '802.3ad' },
      vlan: 7,
      mode: 'static',
      address: '10.0.0.2/24',
      gateway: null,
      address6: 'fd00::2/64',
      gateway6: null,
      nameservers: [],
      searchDomains: [],
      proxy: null,
      wifi: null,
    },
    userName: 'anna',
    sshKeys: [],
    cluster: { name: 'home', role: 'primer', domain: null, meshUrl: null, join: null },
    stateVersion: '26.05',
  }
}

test('the plan for a person, with the disks before and after, in ASCII', () => {
  expect(formatPlan(plan(), machine).split('\n')).toEqual([
    'plan     cafe',
    'host     primer, user anna, 0 SSH keys',
    'system   en_US.UTF-8, keyboard us, UTC',
    'cluster  home, primer',
    'network  bond0, bond of enp1s0 and enp2s0, VLAN 7, 10.0.0.2/24, fd00::2/64',
    'unlock   nothing is encrypted',
    'layout   One disk, XFS',
    'space    6.9 GiB usable',
    '              2 MiB  partition tables',
    '              1 GiB  boot partitions',
    '             64 MiB  XFS log',
    'erase    /dev/disk/by-id/virtio-keystone-a, 8 GiB',
    `         before ${'.'.repeat(60)}`,
    '                . no known data 8 GiB',
    `         after  A#######B${'#'.repeat(51)}`,
    '                A esp 1 GiB, B root 7 GiB',
    '         esp        1 GiB  boot files, /boot',
    '         root       7 GiB  xfs, /',
    'erase    /dev/disk/by-id/virtio-keystone-b, 8 GiB (data)',
    `         before ${'.'.repeat(60)}`,
    '                . no known data 8 GiB',
    `         after  A${'#'.repeat(59)}`,
    '                A zfs 8 GiB',
    '         zfs        8 GiB  pool data',
    'data     One disk, ZFS',
    'space    7.3 GiB usable',
    '              2 MiB  partition tables',
    '            4.5 MiB  ZFS labels',
    '          505.5 MiB  ZFS rounding',
    '            240 MiB  ZFS slop space',
    'pool     data',
    '         data     data1',
    '         /data                data/files',
    'steps    Erase  all of vdb: no known data',
    '         Erase  all of vdc: no known data',
    '         Create partition table (GPT) on vdb',
    '         Create partition 1 of vdb: esp, 1 GiB, boot files, /boot',
    '         Create file system FAT on vdb, mounted at /boot',
    '         Create partition 2 of vdb: root, 7 GiB, xfs, /',
    '         Create partition table (GPT) on vdc',
    '         Create partition 1 of vdc: zfs, 8 GiB, pool data',
    '         Create file system xfs on disk-a-root, mounted at /',
    '         Create ZFS pool data',
    '         Create vdev of vdc in pool data',
    '         Create dataset data/files, mounted at /data',
    '',
  ])
})

test('without the hardware nothing is said about what is on the disks now', () => {
  const text = formatPlan(plan())
  expect(text).not.toContain('before')
  expect(text).not.toContain('Erase ')
  expect(text).toContain('Create partition table (GPT) on a')
})
