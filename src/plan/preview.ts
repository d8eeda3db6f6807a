import { filesystemWord } from '../hardware/disk-contents.ts'
import type { Disk, Hardware, Partition } from '../model/hardware.ts'
import type { Plan, PlannedDisk, PlannedStorage } from '../model/plan.ts'
import { MIB } from '../model/size.ts'
import type { Segment } from './disk-bar.ts'
import { filesystemOf } from './layouts.ts'
import { type PartitionName, partitionsOf } from './partitions.ts'

/** One target disk before and after, as stretches that add up to its size. */
export type DiskChange = {
  readonly key: string
  readonly id: string
  /** `vda`, or the key when this machine does not have it. */
  readonly name: string
  readonly model: string | null
  readonly role: PlannedDisk['role']
  readonly sizeBytes: number
  readonly before: readonly Segment[]
  readonly after: readonly Segment[]
}

/** Before and after of each disk, for the disk page (with the storage of `planStorage` alone), the review and `keystone
 *  plan`. Sizes in bytes. Gaps below 8 MiB are alignment, and are not drawn. */
export function diskChanges({ storage }: Pick<Plan, 'storage'>, hardware: Hardware | null): readonly DiskChange[] {
  const byId = new Map((hardware?.disks ?? []).map((disk) => [disk.id, disk]))
  return storage.disks.map((planned) => {
    const { key, id, model, role, sizeBytes } = planned
    const disk = byId.get(id)
    const before = disk ? segmentsBefore(disk) : []
    return { key, id, name: disk?.name ?? key, model, role, sizeBytes, before, after: segmentsAfter(planned, storage) }
  })
}

const SMALLEST_GAP = 8 * MIB

function segmentsBefore(disk: Disk): readonly Segment[] {
  const partitions = partitionsOn(disk)
  const segments = partitions.map((partition) => ({
    name: partitionWords(partition),
    sizeBytes: partition.sizeBytes,
    isFree: false,
  }))
  const used = segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  if (segments.length > 0) return withFree(segments, disk.sizeBytes - used, 'free')
  if (disk.contents.length === 0) return [{ name: 'no known data', sizeBytes: disk.sizeBytes, isFree: true }]
  return [{ name: disk.contents.join(', '), sizeBytes: disk.sizeBytes, isFree: false }]
}

function segmentsAfter(disk: PlannedDisk, storage: PlannedStorage): readonly Segment[] {
  const partitions = partitionsOf(disk, storage)
  const segments = partitions.map(({ name, sizeBytes }) => ({ name, sizeBytes, isFree: false }))
  const used = segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return withFree(segments, disk.sizeBytes - used, 'free')
}

function withFree(segments: readonly Segment[], sizeBytes: number, name: string): readonly Segment[] {
  return sizeBytes < SMALLEST_GAP ? segments : [...segments, { name, sizeBytes, isFree: true }]
}

/** The partitions of the disk itself, without the mappings, arrays and volumes that lie on them. Names of partitions are the
 *  disk's name and a number, after a `p` when it ends in a digit. Source: Linux, block/partitions/core.c. */
export function partitionsOn(disk: Disk): readonly Partition[] {
  const separator = /\d$/.test(disk.path) ? 'p' : ''
  return disk.partitions.filter(
    ({ path }) =>
      path.startsWith(disk.path + separator) && /^\d+$/.test(path.slice(disk.path.length + separator.length)),
  )
}

/** `vda1 ntfs "Windows"` */
function partitionWords({ path, filesystem, label }: Partition): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return [name, filesystem && filesystemWord(filesystem), labelWords(label)].filter((word) => word !== null).join(' ')
}

const LONGEST_LABEL = 24

/** Somebody else's text: short, and without signs that a terminal would act on. Null for none. */
export function labelWords(label: string | null): string | null {
  if (label === null || label === '') return null
  const signs = [...label.replace(/\p{C}/gu, '?')]
  return `"${signs.length > LONGEST_LABEL ? `${signs.slice(0, LONGEST_LABEL - 1).join('')}…` : signs.join('')}"`
}

/** What a partition is for, in a few words that stand beside its name. */
export function purposeOf(name: PartitionName, disk: PlannedDisk, storage: PlannedStorage): string {
  switch (name) {
    case 'esp':
      return `boot files, ${disk.espMountpoint}`
    case 'swap':
      return 'a new random key at each boot'
    case 'root':
      return `${storage.isEncrypted ? 'LUKS2 with ' : ''}${filesystemOf(storage.layout)}, /`
    case 'zfs':
      return disk.role === 'data' ? `pool ${storage.dataPool?.pool}` : `pool ${storage.pool}${ROLE_WORDS[disk.role]}`
  }
}

const ROLE_WORDS: Readonly<Record<PlannedDisk['role'], string>> = {
  system: '',
  spare: ', spare',
  log: ', log',
  cache: ', cache',
  special: ', special',
  data: '',
}
