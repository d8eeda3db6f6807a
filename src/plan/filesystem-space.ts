import { GIB, KIB, MIB, TIB } from '../model/size.ts'

/** What a new ext4 and a new XFS take for themselves, as df leaves it out of Size. By the rules of mke2fs 1.47.0 and
 *  mkfs.xfs 6.1.0, and held against both on sparse files; see filesystem-space.test.ts. */

const BLOCK_BYTES = 4 * KIB
const BLOCKS_PER_GROUP = 32768
const INODE_BYTES = 256
const DESCRIPTOR_BYTES = 64

/** Tables, copies of the superblock with room to grow, and the journal. In bytes, of a file system on so many bytes. */
export function ext4OverheadBytes(deviceBytes: number): number {
  const blocks = Math.floor(deviceBytes / BLOCK_BYTES)
  const groups = Math.ceil(blocks / BLOCKS_PER_GROUP)
  if (groups === 0) return 0
  const inodes = Math.floor((blocks * BLOCK_BYTES) / inodeRatio(deviceBytes))
  const inodeTable = Math.ceil((Math.ceil(inodes / groups) * INODE_BYTES) / BLOCK_BYTES)
  const descriptors = descriptorBlocks(groups)
  // Room for descriptors of a file system a thousand times as large, which 32-bit block numbers end.
  const largest = Math.min(blocks * 1024, 2 ** 32)
  const reserved = Math.min(1024, Math.max(0, descriptorBlocks(Math.ceil(largest / BLOCKS_PER_GROUP)) - descriptors))
  const copies = superblocks(groups) * (1 + descriptors + reserved)
  return (groups * (inodeTable + 2) + copies + journalBlocks(blocks)) * BLOCK_BYTES
}

/** mke2fs makes fewer inodes on large file systems: /etc/mke2fs.conf, types `big` and `huge`. */
function inodeRatio(deviceBytes: number): number {
  if (deviceBytes >= 16 * TIB) return 64 * KIB
  return deviceBytes >= 4 * TIB ? 32 * KIB : 16 * KIB
}

function descriptorBlocks(groups: number): number {
  return Math.ceil((groups * DESCRIPTOR_BYTES) / BLOCK_BYTES)
}

/** Group 0, 1, and the powers of 3, 5 and 7 hold a copy each. */
function superblocks(groups: number): number {
  let count = Math.min(groups, 2)
  for (const base of [3, 5, 7]) {
    for (let power = base; power < groups; power *= base) count++
  }
  return count
}

/** Below so many blocks (in units of 1024) a journal of so many. */
const JOURNALS: readonly (readonly [number, number])[] = [
  [32, 1024],
  [256, 4096],
  [512, 8192],
  [4096, 16384],
  [8192, 32768],
  [16384, 65536],
  [32768, 131072],
]
const LARGEST_JOURNAL = 262144

function journalBlocks(blocks: number): number {
  return JOURNALS.find(([below]) => blocks < below * 1024)?.[1] ?? LARGEST_JOURNAL
}

const SMALLEST_LOG_BYTES = 64 * MIB
const LARGEST_LOG_BYTES = 2 * GIB - 10 * MIB

/** The log; the rest of its tables XFS counts as used space. */
export function xfsOverheadBytes(deviceBytes: number): number {
  const share = Math.floor(deviceBytes / 2048 / BLOCK_BYTES) * BLOCK_BYTES
  return Math.min(deviceBytes, Math.min(LARGEST_LOG_BYTES, Math.max(SMALLEST_LOG_BYTES, share)))
}
