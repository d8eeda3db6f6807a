import type { PlannedDisk, PlannedStorage, PlannedVdev, SpacePart } from '../model/plan.ts'
import { ext4OverheadBytes, xfsOverheadBytes } from './filesystem-space.ts'
import { filesystemOf } from './layouts.ts'
import { partitionsOf, restBytes } from './partitions.ts'
import { LUKS_HEADER_BYTES } from './sizes.ts'
import { slopBytes, type VdevSpace, vdevSpace } from './zfs-space.ts'

/** `usableBytes` and the bytes of all parts add up to the size of the disks. */
export type Space = { readonly usableBytes: number; readonly space: readonly SpacePart[] }

type Sizes = Pick<PlannedStorage, 'layout' | 'espBytes' | 'swapBytes' | 'swapKind' | 'pool' | 'isEncrypted'>

/** What is left of the system's disks. ZFS: USED + AVAIL of `zfs list` on the pool's root; the key's small volume and the
 *  swap file are counted there as used, so they are part of it. ext4 and XFS: Size of df. A special vdev adds nothing: ZFS
 *  counts its space only once something lies on it. */
export function systemSpace(sizes: Sizes, disks: readonly PlannedDisk[], vdevs: readonly PlannedVdev[]): Space {
  const parts = new Parts()
  const system = disks.filter(({ role }) => role === 'system')
  for (const disk of system) addPartitions(parts, disk, sizes)
  for (const disk of disks) {
    if (disk.role !== 'system' && disk.role !== 'data') parts.add(`${disk.role} disks`, disk.sizeBytes)
  }
  if (sizes.pool !== null) return poolSpace(parts, sizes, disks, vdevs)
  const header = sizes.isEncrypted ? LUKS_HEADER_BYTES : 0
  const device = system.reduce((total, disk) => total + restBytes(disk, sizes), 0)
  const payload = Math.max(0, device - header)
  const isXfs = filesystemOf(sizes.layout) === 'xfs'
  const overhead = Math.min(payload, isXfs ? xfsOverheadBytes(payload) : ext4OverheadBytes(payload))
  parts.add('encryption header', device - payload)
  parts.add(isXfs ? 'XFS log' : 'ext4 tables and journal', overhead)
  return { usableBytes: payload - overhead, space: parts.list() }
}

/** What is left of the data pool's disks: USED + AVAIL of `zfs list data`. */
export function dataPoolSpace(sizes: Sizes, disks: readonly PlannedDisk[], vdevs: readonly PlannedVdev[]): Space {
  const parts = new Parts()
  const own = disks.filter(({ role }) => role === 'data')
  for (const disk of own) addPartitions(parts, disk, sizes)
  return poolSpace(parts, sizes, own, vdevs)
}

/** The two figures of a storage, in bytes, for scripts and tests: what `zfs list -Hp -o used,available <pool>` (added up) or
 *  `df -B1 --output=size /` must say, within 1 %. */
export function usableBytesOf(storage: PlannedStorage): { readonly system: number; readonly data: number | null } {
  const { dataPool } = storage
  return {
    system: systemSpace(storage, storage.disks, storage.vdevs).usableBytes,
    data: dataPool && dataPoolSpace(storage, storage.disks, dataPool.vdevs).usableBytes,
  }
}

function addPartitions(parts: Parts, disk: PlannedDisk, sizes: Sizes): void {
  const partitions = partitionsOf(disk, sizes)
  const all = partitions.reduce((total, { sizeBytes }) => total + sizeBytes, 0)
  // Negative only when the disk is too small for the fixed partitions, which no plan has.
  parts.add('partition tables', disk.sizeBytes - all)
  for (const { name, sizeBytes } of partitions) {
    if (name === 'esp') parts.add('boot partitions', sizeBytes)
    if (name === 'swap') parts.add('swap', sizeBytes)
  }
}

function poolSpace(parts: Parts, sizes: Sizes, disks: readonly PlannedDisk[], vdevs: readonly PlannedVdev[]): Space {
  const byKey = new Map(disks.map((disk) => [disk.key, restBytes(disk, sizes)]))
  const found = vdevs
    .filter(({ kind }) => kind === 'data')
    .map(({ mode, disks: keys }) =>
      vdevSpace(
        mode,
        keys.map((key) => byKey.get(key) ?? 0),
      ),
    )
  const total = (field: keyof VdevSpace) => found.reduce((sum, vdev) => sum + vdev[field], 0)
  const dataBytes = total('dataBytes')
  const slop = slopBytes(dataBytes, total('embeddedLogBytes'))
  parts.add('copies', total('copies'))
  parts.add('parity and padding', total('parity'))
  parts.add('unused on larger disks', total('uneven'))
  parts.add('ZFS labels', total('labels'))
  parts.add('ZFS rounding', total('rounding'))
  parts.add('ZFS log area', total('embeddedLog'))
  parts.add('ZFS slop space', slop)
  return { usableBytes: dataBytes - slop, space: parts.list() }
}

/** Equal parts of several disks as one, in the order they came; nothing that is nothing. */
class Parts {
  readonly #bytes = new Map<string, number>()

  add(what: string, bytes: number): void {
    this.#bytes.set(what, (this.#bytes.get(what) ?? 0) + bytes)
  }

  list(): readonly SpacePart[] {
    return [...this.#bytes].flatMap(([what, bytes]) => (bytes === 0 ? [] : [{ what, bytes }]))
  }
}
