import type { DiskAnswers, Layout, Unlock } from '../model/answers.ts'
import { LAYOUTS, UNLOCKS } from '../model/answers.ts'
import type { Disk } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import { GIB } from '../model/size.ts'
import { SHAPE_RULES, shapeOf } from '../plan/layouts.ts'
import { planStorage } from '../plan/storage.ts'
import { hardware } from './machine.ts'

/** `/dev/disk/by-id/virtio-keystone-1` and so on. */
export const diskId = (number: number) => `/dev/disk/by-id/virtio-keystone-${number}`
const ids = (first: number, count: number) => Array.from({ length: count }, (_, index) => diskId(first + index))

/** Sixteen disks of 20 GiB, alike but for their numbers. */
const disks: readonly Disk[] = (() => {
  const one = hardware('two-virtio-uefi-tpm').disks.find(({ id }) => id?.includes('keystone-a'))
  if (!one) throw new Error('the recorded machine has another disk now')
  return ids(1, 16).map((id, index) => ({ ...one, id, serial: `keystone-${index + 1}`, sizeBytes: 20 * GIB }))
})()

const NO_EXTRAS = { spares: [], log: [], cache: [], special: [], dataPool: null } as const

/** Of the least number of disks, with 512 MiB of random swap; `changes` in place of what is named in it. */
export function storagePlan(layout: Layout, unlock: Unlock, changes: Partial<DiskAnswers> = {}): Plan {
  const answers: DiskAnswers = {
    layout,
    devices: ids(1, SHAPE_RULES[shapeOf(layout)].least),
    espBytes: 0.5 * GIB,
    swapBytes: 0.5 * GIB,
    swapKind: 'random',
    ...NO_EXTRAS,
    ...changes,
  }
  const storage = planStorage(answers, unlock, disks)
  if (!storage) throw new Error(`${layout} does not fit these disks`)
  return { ...REST, unlock, recoveryKey: unlock !== 'none', storage }
}

const REST: Omit<Plan, 'storage' | 'unlock' | 'recoveryKey'> = {
  version: 2,
  hash: 'f00d',
  hostName: 'primer',
  hostId: '1a2b3c4d',
  system: { language: 'en_US.UTF-8', keyboard: 'us', timeZone: 'UTC' },
  network: {
    interface: 'any',
    bond: null,
    vlan: null,
    mode: 'dhcp',
    address: null,
    gateway: null,
    address6: null,
    gateway6: null,
    nameservers: [],
    searchDomains: [],
    proxy: null,
    wifi: null,
  },
  userName: 'admin',
  sshKeys: [],
  cluster: { name: 'home', role: 'primer', domain: null, meshUrl: null, join: null },
  stateVersion: '26.05',
}

/** Every layout with every way to unlock, and what else a layout can have. */
export function everyStoragePlan(): ReadonlyMap<string, Plan> {
  const pairs = LAYOUTS.flatMap((layout) =>
    UNLOCKS.map((unlock) => [`${layout} ${unlock}`, storagePlan(layout, unlock)] as const),
  )
  const vdevs = { special: ids(9, 2), log: ids(11, 2), cache: ids(13, 1), spares: ids(14, 2) }
  const hibernation = { swapKind: 'hibernation', swapBytes: 2 * GIB } as const
  const dataMirror = { layout: 'mirror', devices: ids(9, 2) } as const
  return new Map([
    ...pairs,
    ['raidz2 with all vdevs', storagePlan('raidz2-zfs', 'passphrase', vdevs)],
    ['raid10 of six, unencrypted, with all vdevs', storagePlan('raid10-zfs', 'none', { ...vdevs, devices: ids(1, 6) })],
    ['stripe with single vdevs', storagePlan('stripe-zfs', 'tpm', { special: ids(9, 1), log: ids(10, 1) })],
    ['mirror of three without swap', storagePlan('mirror-zfs', 'passphrase', { devices: ids(1, 3), swapBytes: 0 })],
    ['ext4 with hibernation', storagePlan('single-ext4', 'tpm-pin', hibernation)],
    [
      'xfs with hibernation and a data pool',
      storagePlan('single-xfs', 'none', { ...hibernation, dataPool: dataMirror }),
    ],
    ['ext4 with a data pool', storagePlan('single-ext4', 'passphrase', { dataPool: dataMirror })],
    ['single-zfs with a data pool', storagePlan('single-zfs', 'tpm', { dataPool: dataMirror })],
    [
      'unencrypted mirror with a striped data pool',
      storagePlan('mirror-zfs', 'none', { dataPool: { layout: 'stripe', devices: ids(9, 3) } }),
    ],
    [
      'raidz1 with a data pool of mirrors',
      storagePlan('raidz1-zfs', 'passphrase', { dataPool: { layout: 'raid10', devices: ids(9, 4) } }),
    ],
  ])
}
