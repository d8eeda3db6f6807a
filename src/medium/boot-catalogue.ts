import type { ReadImage } from './volume.ts'

/** One way to start that an El Torito boot catalogue offers. */
export type BootEntry = {
  /** 0x00 is a PC's BIOS, 0xef is UEFI. */
  readonly platform: number
  readonly isBootable: boolean
  /** 0: the image is no imitation of a disk. */
  readonly emulation: number
  readonly startBytes: number
  readonly sizeBytes: number
}

const BLOCK_BYTES = 2048
/** El Torito counts what is loaded in virtual sectors. */
const SECTOR_BYTES = 512
const ENTRY_BYTES = 32
const BOOTABLE = 0x88
const MORE_HEADERS = 0x90
const LAST_HEADER = 0x91
const EXTENSION = 0x44

/** The entries of the boot catalogue that a boot record among the volume descriptors leads to; empty without one.
 *  Source: El Torito Bootable CD-ROM Format Specification 1.0, sections 2 and 3. */
export async function readBootCatalogue(
  descriptors: readonly Uint8Array[],
  read: ReadImage,
): Promise<readonly BootEntry[]> {
  const record = descriptors.find(
    (descriptor) =>
      descriptor[0] === 0 && new TextDecoder('latin1').decode(descriptor.subarray(7, 30)) === 'EL TORITO SPECIFICATION',
  )
  if (!record) return []
  const catalogue = await read(viewOf(record).getUint32(71, true) * BLOCK_BYTES, BLOCK_BYTES)
  return catalogue ? parseBootCatalogue(catalogue) : []
}

export function parseBootCatalogue(catalogue: Uint8Array): readonly BootEntry[] {
  const rows = Array.from({ length: Math.floor(catalogue.length / ENTRY_BYTES) }, (_, row) =>
    catalogue.subarray(row * ENTRY_BYTES, (row + 1) * ENTRY_BYTES),
  )
  const [validation, first, ...rest] = rows
  if (validation?.[0] !== 1 || validation[30] !== 0x55 || validation[31] !== 0xaa || !first) return []
  const entries = [entryOf(first, validation[1] ?? 0)]
  let section: { platform: number; left: number; isLast: boolean } | null = null
  for (const row of rest) {
    const [kind = 0, platform = 0] = row
    if (section === null || section.left === 0) {
      if (section?.isLast || (kind !== MORE_HEADERS && kind !== LAST_HEADER)) break
      section = { platform, left: viewOf(row).getUint16(2, true), isLast: kind === LAST_HEADER }
      continue
    }
    // It only adds to the selection criteria of the entry before.
    if (kind === EXTENSION) continue
    entries.push(entryOf(row, section.platform))
    section.left--
  }
  return entries
}

function entryOf(row: Uint8Array, platform: number): BootEntry {
  const view = viewOf(row)
  return {
    platform,
    isBootable: row[0] === BOOTABLE,
    emulation: (row[1] ?? 0) & 0x0f,
    startBytes: view.getUint32(8, true) * BLOCK_BYTES,
    sizeBytes: view.getUint16(6, true) * SECTOR_BYTES,
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
