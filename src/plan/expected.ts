import type { Plan, PlannedDataset, PlannedStorage, PlannedVdev } from '../model/plan.ts'
import { hasSwapPartition, partitionLabel, partitionPath, partitionsOf } from './partitions.ts'

/** One partition as `sgdisk --print` and `sgdisk --info` must show it. Start and size in logical sectors of the disk. */
export type ExpectedPartition = {
  readonly number: number
  /** `disk-a-esp` */
  readonly label: string
  readonly startSector: number
  readonly sectors: number
  readonly startBytes: number
  readonly sizeBytes: number
  /** sgdisk's code: `EF00`, `8200`, `8300`. */
  readonly type: string
}

export type ExpectedTable = {
  readonly key: string
  /** `/dev/disk/by-id/…` */
  readonly id: string
  readonly sectorBytes: number
  readonly partitions: readonly ExpectedPartition[]
}

/** The partition tables the install leaves behind, to the sector. */
export function expectedTables({ storage }: Pick<Plan, 'storage'>): readonly ExpectedTable[] {
  return storage.disks.map((disk) => ({
    key: disk.key,
    id: disk.id,
    sectorBytes: disk.logicalSectorBytes,
    partitions: partitionsOf(disk, storage).map(({ name, number, startBytes, sizeBytes, type }) => ({
      number,
      label: partitionLabel(disk.key, name),
      startSector: startBytes / disk.logicalSectorBytes,
      sectors: sizeBytes / disk.logicalSectorBytes,
      startBytes,
      sizeBytes,
      type,
    })),
  }))
}

export type ExpectedVdev = {
  readonly kind: PlannedVdev['kind']
  readonly mode: PlannedVdev['mode']
  /** By label: `/dev/disk/by-partlabel/disk-a-zfs`. */
  readonly members: readonly string[]
}

export type ExpectedPool = {
  readonly name: string
  readonly vdevs: readonly ExpectedVdev[]
  /** All that `zfs list -r -t filesystem,volume` names, the pool's root first, and the mountpoint of each or null. */
  readonly datasets: readonly { readonly name: string; readonly mountpoint: string | null }[]
}

/** The pools the install leaves behind: the system's, then the data pool. Empty for ext4 and XFS without one. */
export function expectedPool({ storage }: Pick<Plan, 'storage'>): readonly ExpectedPool[] {
  const { dataPool } = storage
  const pools: ExpectedPool[] = []
  if (storage.pool !== null) {
    const keys = storage.isEncrypted ? [`${storage.pool}/credstore`] : []
    pools.push(poolOf(storage.pool, storage.vdevs, storage.datasets, keys))
  }
  if (dataPool) pools.push(poolOf(dataPool.pool, dataPool.vdevs, dataPool.datasets, []))
  return pools
}

/** The swap partitions, by label; empty without, and with a swap file. */
export function expectedSwap({ storage }: Pick<Plan, 'storage'>): readonly string[] {
  if (!hasSwapPartition(storage)) return []
  return storage.disks.flatMap(({ key, role }) => (role === 'system' ? [partitionPath(key, 'swap')] : []))
}

function poolOf(
  name: string,
  vdevs: PlannedStorage['vdevs'],
  datasets: readonly PlannedDataset[],
  others: readonly string[],
): ExpectedPool {
  const parents = datasets.flatMap((dataset) => parentsOf(dataset.name))
  const containers = [...new Set([...parents, ...others])].map((container) => ({ name: container, mountpoint: null }))
  return {
    name,
    vdevs: vdevs.map(({ kind, mode, disks }) => ({
      kind,
      mode,
      members: disks.map((key) => partitionPath(key, 'zfs')),
    })),
    datasets: [...containers, ...datasets].toSorted((one, other) => (one.name < other.name ? -1 : 1)),
  }
}

/** `rpool/crypt/root` -> `rpool`, `rpool/crypt`. */
function parentsOf(dataset: string): readonly string[] {
  const parts = dataset.split('/')
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'))
}
