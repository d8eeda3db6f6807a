import { GIB, MIB } from '../model/size.ts'

/** Room for the kernels and initrds of a dozen generations. */
export const DEFAULT_ESP_BYTES = 1 * GIB
/** Three generations, with a kernel and an initrd of 60 to 100 MiB together. */
export const SMALLEST_ESP_BYTES = 512 * MIB
export const LARGEST_ESP_BYTES = 8 * GIB
/** What the system and its first updates need besides ESP and swap. Generous to small VMs: an 8 GiB disk with 512 MiB of
 *  swap fits; a server in earnest wants far more. */
export const MIN_DATA_BYTES = 5 * GIB
/** Of a disk that holds no system: one of the data pool, a spare, a log. */
export const MIN_MEMBER_BYTES = 1 * GIB
/** The zvol with the LUKS2 header (16 MiB) and a small ext4 that holds the pool's key. */
export const CREDSTORE_BYTES = 100 * MIB
/** What `cryptsetup luksFormat` puts before the data. Source: cryptsetup, default of LUKS2 (two 4 MiB headers, key slots). */
export const LUKS_HEADER_BYTES = 16 * MIB

/** Each boot disk of a layout must have at least this, in bytes. */
export function minDiskBytes(espBytes: number, swapBytes: number): number {
  return espBytes + swapBytes + MIN_DATA_BYTES
}
