import type { Plan, PlannedDataset } from '../model/plan.ts'
import { CREDSTORE_BYTES, dataPartitionBytes, PARTITIONS } from './disk-layout.ts'

export type PartitionRow = {
  /** `esp`, `swap`, `zfs`, `root` */
  readonly name: string
  readonly sizeBytes: number
  /** What it is for, in a few words. */
  readonly purpose: string
}

export type DiskPreview = {
  readonly key: string
  readonly id: string
  readonly model: string | null
  readonly sizeBytes: number
  readonly partitions: readonly PartitionRow[]
}

export type PoolPreview = {
  readonly name: string
  readonly isMirror: boolean
  readonly usableBytes: number
  readonly credstoreBytes: number
  readonly datasets: readonly PlannedDataset[]
}

export type StoragePreview = {
  readonly disks: readonly DiskPreview[]
  /** Null for ext4. */
  readonly pool: PoolPreview | null
}

/** How the disks will look, for the disk page (with the storage of `planStorage` alone) and the review. Sizes in bytes. */
export function partitionPreview({ storage }: Pick<Plan, 'storage'>): StoragePreview {
  const { pool, layout, usableBytes, datasets } = storage
  return {
    disks: storage.disks.map((disk) => ({
      key: disk.key,
      id: disk.id,
      model: disk.model,
      sizeBytes: disk.sizeBytes,
      partitions: [
        { name: PARTITIONS.esp, sizeBytes: storage.espBytes, purpose: `boot files, ${disk.espMountpoint}` },
        ...(storage.swapBytes === 0
          ? []
          : [{ name: PARTITIONS.swap, sizeBytes: storage.swapBytes, purpose: 'swap, a new random key at each boot' }]),
        {
          name: pool === null ? PARTITIONS.luks : PARTITIONS.zfs,
          sizeBytes: dataPartitionBytes(disk.sizeBytes, storage.swapBytes),
          purpose: pool === null ? 'LUKS2 with ext4, /' : `pool ${pool}`,
        },
      ],
    })),
    pool:
      pool === null
        ? null
        : { name: pool, isMirror: layout === 'mirror-zfs', usableBytes, credstoreBytes: CREDSTORE_BYTES, datasets },
  }
}
