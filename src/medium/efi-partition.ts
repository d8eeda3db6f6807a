import type { ReadImage } from './volume.ts'

export type EfiPartition = { readonly startBytes: number; readonly sizeBytes: number }

const SECTOR_BYTES = 512
const MBR_EFI_TYPE = 0xef
/** C12A7328-F81F-11D2-BA4B-00A0C93EC93B as it lies on the disk. Source: UEFI specification, section 5.3.3. */
const GPT_EFI_TYPE = '28732ac11ff8d211ba4b00a0c93ec93b'
/** A table of 128 entries is usual; a broken header must not make us read gigabytes. */
const LARGEST_TABLE_BYTES = 64 * 1024

/** The EFI system partition in the partition table that the image has besides its file system: what firmware looks for on a
 *  USB stick. GPT first, as firmware does. Null when there is none. */
export async function readEfiPartition(read: ReadImage): Promise<EfiPartition | null> {
  return (await inGpt(read)) ?? inMbr(await read(0, SECTOR_BYTES))
}

async function inGpt(read: ReadImage): Promise<EfiPartition | null> {
  const header = await read(SECTOR_BYTES, SECTOR_BYTES)
  if (!header || new TextDecoder('latin1').decode(header.subarray(0, 8)) !== 'EFI PART') return null
  const view = viewOf(header)
  const entryBytes = view.getUint32(84, true)
  const tableBytes = view.getUint32(80, true) * entryBytes
  if (entryBytes < 128 || tableBytes > LARGEST_TABLE_BYTES) return null
  const table = await read(Number(view.getBigUint64(72, true)) * SECTOR_BYTES, tableBytes)
  if (!table) return null
  for (let at = 0; at < tableBytes; at += entryBytes) {
    if (Buffer.from(table.subarray(at, at + 16)).toString('hex') !== GPT_EFI_TYPE) continue
    const entry = viewOf(table.subarray(at, at + entryBytes))
    const [first, last] = [entry.getBigUint64(32, true), entry.getBigUint64(40, true)].map(Number) as [number, number]
    return { startBytes: first * SECTOR_BYTES, sizeBytes: (last - first + 1) * SECTOR_BYTES }
  }
  return null
}

function inMbr(sector: Uint8Array | null): EfiPartition | null {
  if (sector?.[510] !== 0x55 || sector[511] !== 0xaa) return null
  const view = viewOf(sector)
  const at = [446, 462, 478, 494].find((entry) => sector[entry + 4] === MBR_EFI_TYPE)
  if (at === undefined) return null
  return {
    startBytes: view.getUint32(at + 8, true) * SECTOR_BYTES,
    sizeBytes: view.getUint32(at + 12, true) * SECTOR_BYTES,
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
