import type { DiskAnswers, Layout } from '../model/answers.ts'
import type { Disk } from '../model/hardware.ts'
import { CREDSTORE_MAPPING, POOL, ROOT_MAPPING } from '../model/paths.ts'
import type { PlannedDataset, PlannedDisk, PlannedMount, PlannedStorage } from '../model/plan.ts'
import { GIB, MIB } from '../model/size.ts'

/** Room for the kernels and initrds of a dozen generations. */
export const ESP_BYTES = 1 * GIB
/** What the system and its first updates need besides ESP and swap. Generous to small VMs: an 8 GiB disk with 512 MiB of
 *  swap fits; a server in earnest wants far more. */
export const MIN_DATA_BYTES = 5 * GIB
/** The zvol with the LUKS2 header (16 MiB) and a small ext4 that holds the pool's key. */
export const CREDSTORE_BYTES = 100 * MIB
/** GPT headers and alignment at both ends of a disk. */
const TABLE_BYTES = 2 * MIB

/** disko names each partition's GPT label `disk-<disk key>-<partition>`; the templates use these names. */
export const PARTITIONS = { esp: 'esp', swap: 'swap', zfs: 'zfs', luks: 'root' } as const

export const DISKS_NEEDED: Readonly<Record<Layout, number>> = { 'single-ext4': 1, 'single-zfs': 1, 'mirror-zfs': 2 }

export const LAYOUT_TITLES: Readonly<Record<Layout, string>> = {
  'single-ext4': 'One disk, encrypted ext4 (LUKS2)',
  'single-zfs': 'One disk, encrypted ZFS',
  'mirror-zfs': 'Mirror of two disks, encrypted ZFS',
}

export const DATASETS: readonly PlannedDataset[] = [
  { name: `${POOL}/crypt/root`, mountpoint: '/' },
  { name: `${POOL}/crypt/nix`, mountpoint: '/nix' },
  { name: `${POOL}/crypt/var`, mountpoint: '/var' },
  { name: `${POOL}/crypt/etcd`, mountpoint: '/var/lib/etcd' },
  { name: `${POOL}/crypt/kubernetes`, mountpoint: '/var/lib/kubernetes' },
]

/** Each disk of a layout must have at least this, in bytes. */
export function minDiskBytes(swapBytes: number): number {
  return ESP_BYTES + swapBytes + MIN_DATA_BYTES
}

/** The label path of a partition as disko names it. */
export function partitionPath(diskKey: string, partition: string): string {
  return `/dev/disk/by-partlabel/disk-${diskKey}-${partition}`
}

/** What the disks will hold. Null when the number of devices does not fit the layout or a device is not in `disks`: the
 *  disk step reports those. */
export function planStorage(answers: DiskAnswers, disks: readonly Disk[]): PlannedStorage | null {
  const { layout, swapBytes } = answers
  const planned = answers.devices.map((device, index) => planDisk(device, index, disks)).filter((disk) => disk !== null)
  const first = planned[0]
  if (!first || planned.length !== DISKS_NEEDED[layout] || planned.length !== answers.devices.length) return null
  const isZfs = layout !== 'single-ext4'
  const datasets = isZfs ? DATASETS : []
  return {
    layout,
    espBytes: ESP_BYTES,
    swapBytes,
    disks: planned,
    luksDevice: isZfs ? `/dev/zvol/${POOL}/credstore` : partitionPath(first.key, PARTITIONS.luks),
    luksName: isZfs ? CREDSTORE_MAPPING : ROOT_MAPPING,
    pool: isZfs ? POOL : null,
    datasets,
    mounts: [...rootMounts(datasets), ...planned.map(espMount)],
    usableBytes: usableBytes(layout, swapBytes, planned),
  }
}

const DISK_KEYS = ['a', 'b']

function planDisk(device: string, index: number, disks: readonly Disk[]): PlannedDisk | null {
  const disk = disks.find(({ id }) => id === device)
  const key = DISK_KEYS[index]
  if (!disk || !key) return null
  const { model, serial, sizeBytes, logicalSectorBytes } = disk
  const espMountpoint = index === 0 ? '/boot' : `/boot${index + 1}`
  return { key, id: device, model, serial, sizeBytes, logicalSectorBytes, espMountpoint }
}

function rootMounts(datasets: readonly PlannedDataset[]): readonly PlannedMount[] {
  if (datasets.length === 0) return [{ target: '/', source: `/dev/mapper/${ROOT_MAPPING}`, filesystem: 'ext4' }]
  return datasets.map(({ name, mountpoint }) => ({ target: mountpoint, source: name, filesystem: 'zfs' }))
}

function espMount(disk: PlannedDisk): PlannedMount {
  return { target: disk.espMountpoint, source: partitionPath(disk.key, PARTITIONS.esp), filesystem: 'vfat' }
}

/** Of the system's own partition on this disk, in bytes: all that ESP and swap leave, in whole MiB as disko cuts it. */
export function dataPartitionBytes(sizeBytes: number, swapBytes: number): number {
  const left = sizeBytes - ESP_BYTES - swapBytes - TABLE_BYTES
  return Math.max(0, Math.floor(left / MIB) * MIB)
}

function usableBytes(layout: Layout, swapBytes: number, disks: readonly PlannedDisk[]): number {
  const smallest = Math.min(...disks.map((disk) => dataPartitionBytes(disk.sizeBytes, swapBytes)))
  return layout === 'single-ext4' ? smallest : Math.max(0, smallest - CREDSTORE_BYTES)
}
