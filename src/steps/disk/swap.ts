import type { Hardware } from '../../model/hardware.ts'
import { formatSize, GIB, MIB, parseSize } from '../../model/size.ts'
import { type FieldCheck, quote } from '../field.ts'

export const SMALLEST_SWAP_BYTES = 512 * MIB
/** No machine needs more, and it catches a slip of the unit. */
export const LARGEST_SWAP_BYTES = 1024 * GIB
/** What the answer file takes when it says nothing. */
export const DEFAULT_SWAP = '4GiB'

/** Swap on each disk as a person writes it: `4GiB`, `512 MiB`, `0` for none. */
export const checkSwap: FieldCheck = (text) => {
  const bytes = parseSize(text)
  if (bytes === null) {
    return {
      code: 'invalid-size',
      message: `a size is a number with MiB, GiB or TiB, got ${quote(text)}`,
      hint: 'for example 4GiB, or 0 for no swap',
    }
  }
  if (bytes !== 0 && bytes < SMALLEST_SWAP_BYTES) {
    return {
      code: 'swap-too-small',
      message: `swap has at least ${formatSize(SMALLEST_SWAP_BYTES)}, got ${formatSize(bytes)}`,
      hint: 'or 0 for no swap',
    }
  }
  if (bytes > LARGEST_SWAP_BYTES) {
    return { code: 'swap-too-large', message: `swap has at most ${formatSize(LARGEST_SWAP_BYTES)}, got ${quote(text)}` }
  }
  // disko cuts partitions in whole MiB.
  if (bytes % MIB !== 0) {
    return { code: 'invalid-size', message: `swap is a whole number of MiB, got ${quote(text)}` }
  }
  return null
}

/** 4 GiB, less on a machine with little memory or a small disk (a sixteenth of it), never below the smallest. */
export function suggestedSwap(memoryBytes: Hardware['memoryBytes'], diskBytes: number | undefined): string {
  const byMemory =
    memoryBytes === 'unknown' ? 4 * GIB : Math.ceil(memoryBytes / SMALLEST_SWAP_BYTES) * SMALLEST_SWAP_BYTES
  const byDisk =
    diskBytes === undefined ? 4 * GIB : Math.floor(diskBytes / 16 / SMALLEST_SWAP_BYTES) * SMALLEST_SWAP_BYTES
  const bytes = Math.max(SMALLEST_SWAP_BYTES, Math.min(4 * GIB, byMemory, byDisk))
  return formatSize(bytes).replace(' ', '')
}
