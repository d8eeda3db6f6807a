import { filesystemWord } from '../hardware/disk-contents.ts'
import type { Disk, Hardware } from '../model/hardware.ts'
import { DATA_DIRECTORY, SWAP_FILE } from '../model/paths.ts'
import type { Plan, PlannedDisk, PlannedStorage, PlannedVdev } from '../model/plan.ts'
import { formatSize } from '../model/size.ts'
import { filesystemOf } from './layouts.ts'
import { partitionsOf } from './partitions.ts'
import { labelWords, partitionsOn, purposeOf } from './preview.ts'
import { CREDSTORE_BYTES } from './sizes.ts'

export type ActionObject =
  | 'partition-table'
  | 'partition'
  | 'filesystem'
  | 'volume'
  | 'luks'
  | 'pool'
  | 'vdev'
  | 'dataset'
  | 'swap-file'

/** One object that is destroyed or created. */
export type Action = {
  readonly kind: 'destroy' | 'create'
  readonly object: ActionObject
  /** The disk it is on, by stable id; null for what lies on several, or on a pool. */
  readonly disk: string | null
  /** The object's own name: `/dev/vda1`, `disk-a-esp`, `rpool/crypt/root`. */
  readonly name: string
  /** In words, without the verb: `partition 1 of vdb: esp, 1 GiB, boot files, /boot`. */
  readonly text: string
}

/** Everything the install destroys, then everything it creates: disk by disk, then what lies across disks. */
export function actions({ storage }: Pick<Plan, 'storage'>, hardware: Hardware | null): readonly Action[] {
  const byId = new Map((hardware?.disks ?? []).map((disk) => [disk.id, disk]))
  const nameOf = (disk: PlannedDisk) => byId.get(disk.id)?.name ?? disk.key
  return [
    ...storage.disks.flatMap(({ id }) => destroyed(byId.get(id))),
    ...storage.disks.flatMap((disk) => tableActions(disk, nameOf(disk), storage)),
    ...rootActions(storage, nameOf),
    ...systemPoolActions(storage, nameOf),
    ...dataPoolActions(storage, nameOf),
    ...swapFileActions(storage),
  ]
}

/** `Erase  partition vda1 …`, for lists. */
export function actionWords({ kind, text }: Action): string {
  return `${kind === 'destroy' ? 'Erase ' : 'Create'} ${text}`
}

/** What lies on top goes first. */
function destroyed(disk: Disk | undefined): readonly Action[] {
  if (!disk || disk.id === null) return []
  const { id, name, contents } = disk
  const destroy = (object: ActionObject, objectName: string, text: string): Action => ({
    kind: 'destroy',
    object,
    disk: id,
    name: objectName,
    text,
  })
  const own = partitionsOn(disk)
  const above = disk.partitions.filter((partition) => !own.includes(partition))
  const details = ({ sizeBytes, filesystem, label }: Disk['partitions'][number]) =>
    [formatSize(sizeBytes), filesystem && filesystemWord(filesystem), labelWords(label)]
      .filter((word) => word !== null)
      .join(', ')
  return [
    ...above
      .toReversed()
      .map((volume) => destroy('volume', volume.path, `${volume.path} on ${name}: ${details(volume)}`)),
    ...own.map((partition) =>
      destroy('partition', partition.path, `partition ${shortName(partition.path)} of ${name}: ${details(partition)}`),
    ),
    destroy(
      'partition-table',
      disk.path,
      own.length > 0
        ? `partition table of ${name}`
        : `all of ${name}: ${contents.length > 0 ? contents.join(', ') : 'no known data'}`,
    ),
  ]
}

function shortName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function create(object: ActionObject, disk: string | null, name: string, text: string): Action {
  return { kind: 'create', object, disk, name, text }
}

function tableActions(disk: PlannedDisk, name: string, storage: PlannedStorage): readonly Action[] {
  return [
    create('partition-table', disk.id, name, `partition table (GPT) on ${name}`),
    ...partitionsOf(disk, storage).flatMap((partition) => {
      const label = `disk-${disk.key}-${partition.name}`
      const purpose = purposeOf(partition.name, disk, storage)
      const text = `partition ${partition.number} of ${name}: ${partition.name}, ${formatSize(partition.sizeBytes)}, ${purpose}`
      const made = create('partition', disk.id, label, text)
      if (partition.name !== 'esp') return [made]
      return [
        made,
        create('filesystem', disk.id, label, `file system FAT on ${name}, mounted at ${disk.espMountpoint}`),
      ]
    }),
  ]
}

type NameOf = (disk: PlannedDisk) => string

function rootActions(storage: PlannedStorage, nameOf: NameOf): readonly Action[] {
  const first = storage.disks[0]
  if (storage.pool !== null || !first) return []
  const partition = `disk-${first.key}-root`
  const filesystem = filesystemOf(storage.layout)
  const where = storage.isEncrypted ? (storage.luksName ?? '') : partition
  return [
    ...(storage.isEncrypted
      ? [create('luks', first.id, partition, `LUKS2 on ${nameOf(first)}, opened as ${storage.luksName}`)]
      : []),
    create('filesystem', first.id, where, `file system ${filesystem} on ${where}, mounted at /`),
  ]
}

function systemPoolActions(storage: PlannedStorage, nameOf: NameOf): readonly Action[] {
  const { pool } = storage
  if (pool === null) return []
  const credstore = `${pool}/credstore`
  return [
    create('pool', null, pool, `ZFS pool ${pool}`),
    ...vdevActions(pool, storage.vdevs, storage, nameOf),
    ...(storage.isEncrypted
      ? [
          create('volume', null, credstore, `volume ${credstore}, ${formatSize(CREDSTORE_BYTES)}`),
          create('luks', null, credstore, `LUKS2 on ${credstore}, which holds the key of the pool`),
          create('filesystem', null, credstore, `file system ext4 in ${credstore}`),
          create('dataset', null, `${pool}/crypt`, `dataset ${pool}/crypt, encrypted with aes-256-gcm`),
        ]
      : [create('dataset', null, `${pool}/system`, `dataset ${pool}/system, not encrypted`)]),
    ...storage.datasets.map(({ name, mountpoint }) =>
      create('dataset', null, name, `dataset ${name}, mounted at ${mountpoint}`),
    ),
  ]
}

function dataPoolActions(storage: PlannedStorage, nameOf: NameOf): readonly Action[] {
  const { dataPool } = storage
  if (!dataPool) return []
  const { pool } = dataPool
  return [
    create('pool', null, pool, `ZFS pool ${pool}`),
    ...vdevActions(pool, dataPool.vdevs, storage, nameOf),
    ...(storage.isEncrypted
      ? [create('dataset', null, `${pool}/crypt`, `dataset ${pool}/crypt, encrypted with aes-256-gcm`)]
      : []),
    ...dataPool.datasets.map(({ name }) =>
      create('dataset', null, name, `dataset ${name}, mounted at ${DATA_DIRECTORY}`),
    ),
  ]
}

function vdevActions(
  pool: string,
  vdevs: readonly PlannedVdev[],
  { disks }: PlannedStorage,
  nameOf: NameOf,
): readonly Action[] {
  const byKey = new Map(disks.map((disk) => [disk.key, disk]))
  return vdevs.map(({ kind, mode, disks: keys }) => {
    const names = keys.flatMap((key) => {
      const disk = byKey.get(key)
      return disk ? [nameOf(disk)] : []
    })
    const use = kind === 'data' ? 'vdev' : kind === 'spare' ? 'spare' : `${kind} vdev`
    const shape = mode === '' ? use : kind === 'data' ? mode : `${use}, a ${mode}`
    const disk = keys.length === 1 ? (byKey.get(keys[0] ?? '')?.id ?? null) : null
    return create('vdev', disk, `${pool} ${kind} ${mode}`.trim(), `${shape} of ${listed(names)} in pool ${pool}`)
  })
}

function swapFileActions({ swapKind, swapBytes }: PlannedStorage): readonly Action[] {
  if (swapKind !== 'hibernation' || swapBytes === 0) return []
  return [create('swap-file', null, SWAP_FILE, `swap file ${SWAP_FILE}, ${formatSize(swapBytes)}, for hibernation too`)]
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
