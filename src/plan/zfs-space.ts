import type { PlannedVdev } from '../model/plan.ts'
import { GIB, KIB, MIB } from '../model/size.ts'

/** How OpenZFS counts the space of a pool. Source: OpenZFS 2.3.9, module/zfs/vdev.c (vdev_metaslab_set_size,
 *  vdev_metaslab_init, vdev_set_deflate_ratio), vdev_raidz.c (vdev_raidz_asize), spa_misc.c (spa_get_slop_space,
 *  spa_update_dspace). The sums are its, the lines are ours. 2.4 counts the same way. */

const LABEL_BYTES = 256 * KIB
/** Two labels and the boot area before the data, two labels behind it. */
const LABELS_BYTES = 4 * LABEL_BYTES + 3.5 * MIB
const SECTOR_BYTES = 512
/** ashift 12, which our pools have everywhere. */
const BLOCK_BYTES = 4 * KIB
/** The block by which ZFS estimates what parity and padding will cost. */
const TYPICAL_BYTES = 128 * KIB

export type VdevSpace = {
  /** All in bytes, of the raw capacity of the members' partitions; they add up to it with `dataBytes`. */
  readonly labels: number
  /** What larger members have more than the smallest. */
  readonly uneven: number
  /** Less than a metaslab at the end. */
  readonly rounding: number
  readonly copies: number
  readonly embeddedLog: number
  readonly parity: number
  readonly dataBytes: number
  /** The embedded log as ZFS counts it, without parity: it makes the slop space smaller. */
  readonly embeddedLogBytes: number
}

/** One data vdev, from the sizes of its members' partitions in bytes. */
export function vdevSpace(mode: PlannedVdev['mode'], partitions: readonly number[]): VdevSpace {
  const members = partitions.map(memberBytes)
  const smallest = Math.min(...members)
  const count = members.length
  const together = smallest * count
  // A mirror's size is that of one member, a RAIDZ's that of all.
  const copies = mode === 'mirror' ? count : 1
  const size = together / copies
  const metaslab = metaslabBytes(size)
  const metaslabs = Math.floor(size / metaslab)
  const embedded = metaslabs > MIN_METASLABS_FOR_LOG ? 1 : 0
  const allocatable = metaslabs * metaslab
  const forData = allocatable - embedded * metaslab
  const dataBytes = deflated(forData, mode, count)
  return {
    labels: sum(partitions) - sum(members),
    uneven: sum(members) - together,
    rounding: (size - allocatable) * copies,
    copies: allocatable * (copies - 1),
    embeddedLog: embedded * metaslab,
    parity: forData - dataBytes,
    dataBytes,
    embeddedLogBytes: deflated(embedded * metaslab, mode, count),
  }
}

const MIN_METASLABS_FOR_LOG = 64

function memberBytes(partition: number): number {
  return Math.max(0, Math.floor(partition / LABEL_BYTES) * LABEL_BYTES - LABELS_BYTES)
}

const DEFAULT_METASLABS = 200
const LEAST_METASLABS = 16
const DEFAULT_METASLAB_BYTES = 512 * MIB
const LARGEST_METASLAB_BYTES = 16 * GIB
const SMALLEST_METASLAB_BYTES = 16 * MIB
const MOST_METASLABS = 2 ** 17

/** ZFS hands out space in slabs of one size for a vdev, a power of two; what is left behind the last one is lost. */
export function metaslabBytes(size: number): number {
  const count = Math.floor(size / DEFAULT_METASLAB_BYTES)
  const wanted =
    count < LEAST_METASLABS
      ? powerAbove(size / LEAST_METASLABS)
      : count > DEFAULT_METASLABS
        ? powerAbove(size / DEFAULT_METASLABS)
        : DEFAULT_METASLAB_BYTES
  if (wanted < SMALLEST_METASLAB_BYTES) return SMALLEST_METASLAB_BYTES
  if (wanted <= LARGEST_METASLAB_BYTES) return wanted
  const isTooMany = Math.floor(size / LARGEST_METASLAB_BYTES) > MOST_METASLABS
  return isTooMany ? powerAbove(size / MOST_METASLABS) : LARGEST_METASLAB_BYTES
}

/** The least power of two that is larger. By doubling: a logarithm is not exact near a power. */
function powerAbove(value: number): number {
  let power = 1
  while (power <= Math.floor(value) && Number.isFinite(power)) power *= 2
  return power
}

function deflated(bytes: number, mode: PlannedVdev['mode'], count: number): number {
  return (bytes / SECTOR_BYTES) * deflateRatio(mode, count)
}

/** How much of each 512 raw bytes is data, when all blocks are of 128 KiB: 512 for a mirror (whose copies are not counted),
 *  341 for RAIDZ1 of three. */
export function deflateRatio(mode: PlannedVdev['mode'], count: number): number {
  const parity = { '': 0, mirror: 0, raidz1: 1, raidz2: 2, raidz3: 3 }[mode]
  const dataBlocks = TYPICAL_BYTES / BLOCK_BYTES
  const stripes = parity === 0 ? 0 : Math.ceil(dataBlocks / Math.max(1, count - parity))
  const blocks = dataBlocks + parity * stripes
  // Padded, so that no hole is too small to hold a block with its parity.
  const padded = Math.ceil(blocks / (parity + 1)) * (parity + 1)
  return Math.floor(TYPICAL_BYTES / ((padded * BLOCK_BYTES) / SECTOR_BYTES))
}

const LARGEST_SLOP_BYTES = 128 * GIB
const SMALLEST_SLOP_BYTES = 128 * MIB

/** What ZFS keeps back so that a full pool can still be cleaned up: 1/32, less what the embedded log takes anyway. */
export function slopBytes(dataBytes: number, embeddedLogBytes: number): number {
  const share = Math.min(Math.floor(dataBytes / 32), LARGEST_SLOP_BYTES)
  const rest = share - Math.min(embeddedLogBytes, Math.floor(share / 2))
  return Math.max(rest, Math.min(Math.floor(dataBytes / 2), SMALLEST_SLOP_BYTES))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
