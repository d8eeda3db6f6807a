import type { PlannedDisk, PlannedStorage } from '../model/plan.ts'
import { MIB } from '../model/size.ts'

/** disko names each partition's GPT label `disk-<disk key>-<partition>`; the templates use these names. */
export const PARTITIONS = { esp: 'esp', swap: 'swap', zfs: 'zfs', root: 'root' } as const
export type PartitionName = (typeof PARTITIONS)[keyof typeof PARTITIONS]

export type PlannedPartition = {
  readonly name: PartitionName
  /** 1, 2, … in the table. */
  readonly number: number
  readonly startBytes: number
  readonly sizeBytes: number
  /** sgdisk's type code. */
  readonly type: 'EF00' | '8200' | '8300'
}

/** The label path of a partition as disko names it. */
export function partitionPath(diskKey: string, partition: PartitionName): string {
  return `/dev/disk/by-partlabel/${partitionLabel(diskKey, partition)}`
}

export function partitionLabel(diskKey: string, partition: PartitionName): string {
  return `disk-${diskKey}-${partition}`
}

type StorageSizes = Pick<PlannedStorage, 'espBytes' | 'swapBytes' | 'swapKind' | 'pool'>
type DiskSizes = Pick<PlannedDisk, 'role' | 'sizeBytes' | 'logicalSectorBytes'>

/** The partitions of one disk, to the byte, as disko has sgdisk make them: the first begins at 1 MiB, each begins where the
 *  last one ended, the last one ends at the last whole MiB before the backup table (--align-end). Measured with sgdisk
 *  1.0.9; see partitions.test.ts. */
export function partitionsOf(disk: DiskSizes, storage: StorageSizes): readonly PlannedPartition[] {
  const fixed: (readonly [PartitionName, number])[] = []
  if (disk.role === 'system') {
    fixed.push([PARTITIONS.esp, storage.espBytes])
    if (hasSwapPartition(storage)) fixed.push([PARTITIONS.swap, storage.swapBytes])
  }
  const rest = disk.role === 'system' && storage.pool === null ? PARTITIONS.root : PARTITIONS.zfs
  const partitions: PlannedPartition[] = []
  let startBytes = MIB
  for (const [name, sizeBytes] of fixed) {
    partitions.push({
      name,
      number: partitions.length + 1,
      startBytes,
      sizeBytes,
      // The code that disko takes for swap when none is named.
      type: name === 'esp' ? 'EF00' : '8200',
    })
    startBytes += sizeBytes
  }
  const end = Math.floor((disk.sizeBytes - backupTableBytes(disk)) / MIB) * MIB
  const sizeBytes = Math.max(0, end - startBytes)
  return [...partitions, { name: rest, number: partitions.length + 1, startBytes, sizeBytes, type: '8300' }]
}

export function hasSwapPartition({ swapKind, swapBytes }: Pick<StorageSizes, 'swapKind' | 'swapBytes'>): boolean {
  return swapKind === 'random' && swapBytes > 0
}

/** Of the partition that takes all the rest. */
export function restBytes(disk: DiskSizes, storage: StorageSizes): number {
  return partitionsOf(disk, storage).at(-1)?.sizeBytes ?? 0
}

/** At the end of the disk: 128 entries of 128 bytes, in whole sectors, and one sector for the header. */
function backupTableBytes({ logicalSectorBytes }: DiskSizes): number {
  return Math.ceil((128 * 128) / logicalSectorBytes) * logicalSectorBytes + logicalSectorBytes
}
