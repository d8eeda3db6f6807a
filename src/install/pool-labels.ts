import { readBlockDevices } from '../hardware/read-disks.ts'
import type { Plan } from '../model/plan.ts'
import { KIB } from '../model/size.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'

/** A ZFS device has four labels of 256 KiB, two at each end of it (counted down to a multiple of that), and in each a list of
 *  names and values at 16 KiB. Source: OpenZFS, include/sys/vdev_impl.h. */
const LABEL_BYTES = 256 * KIB
const LIST_AT = 16 * KIB
const LIST_BYTES = 112 * KIB
/** Behind it, to the end of the label: the roots of the pool, each with a magic number at its beginning. One that has none can
 *  be imported by nobody: wipefs erases these numbers. */
const ROOT_STEP = KIB
const ROOT_MAGIC = 0x00bab10c

/** The names of the pools that a device was ever made a member of, by the labels that are still on it. udev tells none for a
 *  disk with a partition table, but `zpool import` and disko read them. Empty where nothing can be read.
 *  `alsoDead`: those as well that nobody can import any more, destroyed or wiped by wipefs. */
export async function readPoolNames(
  system: Pick<System, 'readBytes'>,
  device: { readonly path: string; readonly sizeBytes: number | null },
  { alsoDead = false } = {},
): Promise<readonly string[]> {
  const size = Math.floor((device.sizeBytes ?? 0) / LABEL_BYTES) * LABEL_BYTES
  if (size < 4 * LABEL_BYTES) return []
  const starts = [0, LABEL_BYTES, size - 2 * LABEL_BYTES, size - LABEL_BYTES]
  const names = new Set<string>()
  // One after the other: a disk that does not answer may hold one read, and not all that can be under way at a time.
  for (const start of starts) {
    const bytes = await system.readBytes(device.path, { start: start + LIST_AT, length: LABEL_BYTES - LIST_AT })
    const label = bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const isLabel = label !== null && (alsoDead || (hasRoot(label.subarray(LIST_BYTES)) && !isDestroyed(label)))
    const name = isLabel ? poolNameIn(label.subarray(0, LIST_BYTES)) : null
    if (name !== null) names.add(name)
  }
  return [...names]
}

function hasRoot(roots: Buffer): boolean {
  for (let at = 0; at + 8 <= roots.length; at += ROOT_STEP) {
    const isNative = roots.readUInt32LE(at) === ROOT_MAGIC && roots.readUInt32LE(at + 4) === 0
    if (isNative || (roots.readUInt32BE(at + 4) === ROOT_MAGIC && roots.readUInt32BE(at) === 0)) return true
  }
  return false
}

/** `state` as a number of 64 bits in XDR (type 8), and the one of a destroyed pool. */
const STATE_FIELD = new Uint8Array([0, 0, 0, 5, 0x73, 0x74, 0x61, 0x74, 0x65, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 1])
const DESTROYED = 2n

function isDestroyed(label: Buffer): boolean {
  const at = label.indexOf(STATE_FIELD) + STATE_FIELD.length
  return at >= STATE_FIELD.length && at + 8 <= label.length && label.readBigUInt64BE(at) === DESTROYED
}

/** `name` as a string in XDR: its length, four letters, the type for strings (9), one element, the length of the value.
 *  Source: OpenZFS, module/nvpair/nvpair.c; RFC 4506. */
const NAME_FIELD = new Uint8Array([0, 0, 0, 4, 0x6e, 0x61, 0x6d, 0x65, 0, 0, 0, 9, 0, 0, 0, 1])

function poolNameIn(bytes: Buffer): string | null {
  const at = bytes.indexOf(NAME_FIELD)
  const start = at + NAME_FIELD.length + 4
  if (at < 0 || start > bytes.length) return null
  const name = bytes.subarray(start, start + bytes.readUInt32BE(start - 4)).toString('latin1')
  // As zpoolconcepts(7) allows; anything else is no label.
  return /^[A-Za-z][A-Za-z0-9_.: -]{0,254}$/.test(name) ? name : null
}

/** Part of the wipe: of the disks of the plan, every label that a pool has left. `zpool import` lists what has one, and at boot
 *  two pools of one name are none; disko clears them by the name of the pool, which zpool does not take. */
export async function clearPoolLabels(system: System, { storage }: Plan): Promise<void> {
  const devices = (await readBlockDevices(system))?.devices ?? []
  for (const { id } of storage.disks) {
    const path = await system.realPath(id)
    const disk = devices.find((device) => device.path === path)
    if (disk === undefined) continue
    const parts = disk.children.filter(({ type }) => type === 'part')
    // The labels of a whole disk lie over its partition table: without that disko finds no partitions, and wipes none of them.
    for (const part of parts.length > 0 ? parts : [disk]) {
      if ((await readPoolNames(system, part, { alsoDead: true })).length === 0) continue
      // 1: nothing there that it takes for a label; what is left is found after the wipe.
      await system.run(programs.zpool, ['labelclear', '-f', part.path], { okExitCodes: [0, 1] })
    }
  }
}
