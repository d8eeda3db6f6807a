import type { Hardware } from '../../model/hardware.ts'
import { formatSize, GIB, MIB, parseSize } from '../../model/size.ts'
import type { FieldCheck } from '../field.ts'
import { sizeFinding } from './disk-size.ts'

export const SMALLEST_SWAP_BYTES = 512 * MIB
/** No machine needs more, and it catches a slip of the unit. */
export const LARGEST_SWAP_BYTES = 1024 * GIB
/** What the answer file takes when it says nothing. */
export const DEFAULT_SWAP = '4GiB'

/** Swap as a person writes it: `4GiB`, `512 MiB`, `0` for none. */
export const checkSwap: FieldCheck = (text) => {
  if (parseSize(text) === 0) return null
  const finding = sizeFinding(text, {
    what: 'swap',
    least: SMALLEST_SWAP_BYTES,
    most: LARGEST_SWAP_BYTES,
    example: '4GiB, or 0 for no swap',
  })
  return finding?.code === 'swap-too-small' ? { ...finding, hint: 'or 0 for no swap' } : finding
}

/** 4 GiB, less on a machine with little memory or a small disk (a sixteenth of it), never below the smallest. */
export function suggestedSwap(memoryBytes: Hardware['memoryBytes'], diskBytes: number | undefined): string {
  const byMemory =
    memoryBytes === 'unknown' ? 4 * GIB : Math.ceil(memoryBytes / SMALLEST_SWAP_BYTES) * SMALLEST_SWAP_BYTES
  const byDisk =
    diskBytes === undefined ? 4 * GIB : Math.floor(diskBytes / 16 / SMALLEST_SWAP_BYTES) * SMALLEST_SWAP_BYTES
  return asDraft(Math.max(SMALLEST_SWAP_BYTES, Math.min(4 * GIB, byMemory, byDisk)))
}

/** All of the memory must fit into the swap file; a machine reports a little less than it has. */
export function swapForHibernation(memoryBytes: Hardware['memoryBytes']): string | null {
  return memoryBytes === 'unknown' ? null : `${Math.max(1, Math.ceil(memoryBytes / GIB))}GiB`
}

/** In GiB as long as that is exact: formatSize rounds. */
function asDraft(bytes: number): string {
  return bytes < GIB ? formatSize(bytes).replace(' ', '') : `${bytes / GIB}GiB`
}
