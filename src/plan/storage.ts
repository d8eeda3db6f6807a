import type { DiskAnswers, Unlock } from '../model/answers.ts'
import type { Disk } from '../model/hardware.ts'
import { CREDSTORE_MAPPING, DATA_DIRECTORY, DATA_POOL, POOL, ROOT_MAPPING } from '../model/paths.ts'
import type {
  DiskRole,
  PlannedDataPool,
  PlannedDataset,
  PlannedDisk,
  PlannedMount,
  PlannedStorage,
} from '../model/plan.ts'
import { filesystemOf, fitsShape, shapeOf } from './layouts.ts'
import { PARTITIONS, partitionPath } from './partitions.ts'
import { dataPoolSpace, systemSpace } from './usable-space.ts'
import { dataVdevs, diskKey, extraVdevs } from './vdevs.ts'

/** What the disks will hold. Null when the number of devices does not fit the layout or a device is not in `disks`: the
 *  disk step reports those. */
export function planStorage(answers: DiskAnswers, unlock: Unlock, disks: readonly Disk[]): PlannedStorage | null {
  const { layout, espBytes, swapBytes, swapKind, dataPool } = answers
  const planned = planDisks(answers, disks)
  const first = planned?.[0]
  if (!planned || !first || !fitsShape(shapeOf(layout), answers.devices.length)) return null
  if (dataPool && !fitsShape(dataPool.layout, dataPool.devices.length)) return null
  const keysOf = (role: DiskRole) => planned.filter((disk) => disk.role === role).map(({ key }) => key)
  const isZfs = filesystemOf(layout) === 'zfs'
  const isEncrypted = unlock !== 'none'
  const vdevs = isZfs
    ? [
        ...dataVdevs(shapeOf(layout), keysOf('system')),
        ...extraVdevs('special', keysOf('special')),
        ...extraVdevs('log', keysOf('log')),
        ...extraVdevs('cache', keysOf('cache')),
        ...extraVdevs('spare', keysOf('spare')),
      ]
    : []
  const datasets = isZfs ? systemDatasets(isEncrypted) : []
  const sizes = { layout, isEncrypted, espBytes, swapBytes, swapKind, pool: isZfs ? POOL : null }
  const data = dataPool && planDataPool(dataPool.layout, keysOf('data'), planned, sizes)
  return {
    ...sizes,
    disks: planned,
    luksDevice: isEncrypted ? luksDevice(isZfs, first.key) : null,
    luksName: isEncrypted ? (isZfs ? CREDSTORE_MAPPING : ROOT_MAPPING) : null,
    vdevs,
    datasets,
    mounts: [
      ...(isZfs ? datasets.map(datasetMount) : [rootMount(layout, isEncrypted, first.key)]),
      ...(data ? data.datasets.map(datasetMount) : []),
      ...planned.flatMap(espMount),
    ],
    dataPool: data,
    ...systemSpace(sizes, planned, vdevs),
  }
}

/** Every disk of the answers with its role, in the order of the answers. Null when one is not in this machine. */
function planDisks(answers: DiskAnswers, disks: readonly Disk[]): readonly PlannedDisk[] | null {
  const lists: readonly (readonly [DiskRole, readonly string[]])[] = [
    ['system', answers.devices],
    ['spare', answers.spares],
    ['log', answers.log],
    ['cache', answers.cache],
    ['special', answers.special],
    ['data', answers.dataPool?.devices ?? []],
  ]
  const planned = lists.flatMap(([role, devices]) =>
    devices.map((device, index) => planDisk(device, role, index, disks)),
  )
  return planned.some((disk) => disk === null) ? null : planned.filter((disk) => disk !== null)
}

function planDisk(device: string, role: DiskRole, index: number, disks: readonly Disk[]): PlannedDisk | null {
  const disk = disks.find(({ id }) => id === device)
  if (!disk) return null
  const { model, serial, sizeBytes, logicalSectorBytes } = disk
  const espMountpoint = role !== 'system' ? null : index === 0 ? '/boot' : `/boot${index + 1}`
  return { key: diskKey(role, index), role, id: device, model, serial, sizeBytes, logicalSectorBytes, espMountpoint }
}

function systemDatasets(isEncrypted: boolean): readonly PlannedDataset[] {
  const parent = `${POOL}/${isEncrypted ? 'crypt' : 'system'}`
  return [
    { name: `${parent}/root`, mountpoint: '/' },
    { name: `${parent}/nix`, mountpoint: '/nix' },
    { name: `${parent}/var`, mountpoint: '/var' },
    { name: `${parent}/etcd`, mountpoint: '/var/lib/etcd' },
    { name: `${parent}/kubernetes`, mountpoint: '/var/lib/kubernetes' },
  ]
}

function planDataPool(
  layout: PlannedDataPool['layout'],
  keys: readonly string[],
  disks: readonly PlannedDisk[],
  sizes: Pick<PlannedStorage, 'layout' | 'isEncrypted' | 'espBytes' | 'swapBytes' | 'swapKind' | 'pool'>,
): PlannedDataPool {
  const vdevs = dataVdevs(layout, keys)
  const name = sizes.isEncrypted ? `${DATA_POOL}/crypt/files` : `${DATA_POOL}/files`
  return {
    layout,
    pool: DATA_POOL,
    vdevs,
    datasets: [{ name, mountpoint: DATA_DIRECTORY }],
    ...dataPoolSpace(sizes, disks, vdevs),
  }
}

function luksDevice(isZfs: boolean, diskKey: string): string {
  return isZfs ? `/dev/zvol/${POOL}/${CREDSTORE_MAPPING}` : partitionPath(diskKey, PARTITIONS.root)
}

function rootMount(layout: PlannedStorage['layout'], isEncrypted: boolean, diskKey: string): PlannedMount {
  const source = isEncrypted ? `/dev/mapper/${ROOT_MAPPING}` : partitionPath(diskKey, PARTITIONS.root)
  return { target: '/', source, filesystem: filesystemOf(layout) }
}

function datasetMount({ name, mountpoint }: PlannedDataset): PlannedMount {
  return { target: mountpoint, source: name, filesystem: 'zfs' }
}

function espMount({ key, espMountpoint }: PlannedDisk): readonly PlannedMount[] {
  if (espMountpoint === null) return []
  return [{ target: espMountpoint, source: partitionPath(key, PARTITIONS.esp), filesystem: 'vfat' }]
}
