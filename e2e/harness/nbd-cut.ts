import type { Keep, LoggedWrite, NbdLog } from './nbd-log.ts'

/** The disk as it is when the power goes just before flush number `flush` (from 1) takes effect; one more than there were
 *  flushes is the end of the log. All that was flushed before is there. Of the rest nothing is, or with `random` a choice that
 *  depends on the seed alone, and the last of the chosen only in part. */
export type NbdCut = { readonly flush: number; readonly keep: Keep; readonly seed: number }

/** What became of each write. Those from `end` on had not come yet. */
export type Fate = {
  readonly end: number
  /** Numbers of writes of which nothing is on the disk. */
  readonly lost: ReadonlySet<number>
  /** Number of a write -> how many of its bytes are, from its beginning. */
  readonly torn: ReadonlyMap<number, number>
}

/** The kernel counts on it that a disk writes whole sectors of this size, and on no more. */
const SECTOR_BYTES = 512

export function fateAtCut(log: Omit<NbdLog, 'file' | 'sizeBytes' | 'marks'>, cut: NbdCut): Fate {
  const { flush, keep, seed } = cut
  if (!Number.isInteger(flush) || flush < 1 || flush > log.flushes.length + 1)
    throw new Error(`there is no flush ${flush} to cut at, the log has ${log.flushes.length}`)
  const end = log.flushes[flush - 1]?.writesBefore ?? log.writes.length
  const lost = new Set<number>()
  const torn = new Map<number, number>()
  // What a power loss left is what the disk had from then on.
  let durable = 0
  for (const loss of log.losses.filter(({ flushesBefore }) => flushesBefore < flush)) {
    const flushed = log.flushes[loss.flushesBefore - 1]?.writesBefore ?? 0
    lose({ ...loss, log, from: Math.max(durable, flushed), to: loss.writesBefore, lost, torn })
    durable = loss.writesBefore
  }
  const flushed = log.flushes[flush - 2]?.writesBefore ?? 0
  lose({ log, keep, seed, from: Math.max(durable, flushed), to: end, lost, torn })
  return { end, lost, torn }
}

/** The first flush at which a cut leaves the very same disk, when nothing is kept of the rest: between some flushes nothing is
 *  written. The cut's own number when there is none before. */
export function sameDiskSince(log: Parameters<typeof fateAtCut>[0], flush: number): number {
  const kept = (at: number) => {
    const { end, lost } = fateAtCut(log, { flush: at, keep: 'none', seed: 0 })
    return end - lost.size
  }
  const wanted = kept(flush)
  let first = flush
  while (first > 1 && kept(first - 1) === wanted) first -= 1
  return first
}

/** What became of the writes of a disk in use: the losses so far, and all the rest is there. */
export function loseUnflushed(log: NbdLog, fate: { lost: Set<number>; torn: Map<number, number> }): void {
  const loss = log.losses.at(-1)
  if (loss === undefined) return
  const flushed = log.flushes[loss.flushesBefore - 1]?.writesBefore ?? 0
  const from = Math.max(flushed, log.losses.at(-2)?.writesBefore ?? 0)
  lose({ ...loss, log, from, to: loss.writesBefore, ...fate })
}

function lose(range: {
  log: { readonly writes: readonly LoggedWrite[] }
  keep: Keep
  seed: number
  from: number
  to: number
  lost: Set<number>
  torn: Map<number, number>
}): void {
  const { log, keep, seed, from, to, lost, torn } = range
  let last: number | undefined
  for (let number = from; number < to; number += 1) {
    if (log.writes[number]?.isDurable) continue
    if (keep === 'none' || chance(seed, number) < 0.5) lost.add(number)
    else last = number
  }
  if (last === undefined) return
  const { offset = 0, length = 0 } = log.writes[last] ?? {}
  // Sectors of the disk, not of the write.
  const first = SECTOR_BYTES - (offset % SECTOR_BYTES)
  const borders = Math.ceil((length - first) / SECTOR_BYTES)
  if (borders > 0) torn.set(last, first + SECTOR_BYTES * Math.floor(chance(seed, last + 0.5) * borders))
}

/** A number from 0 to 1 that depends on its two arguments alone: a choice for one write must not change with what other
 *  writes there are. (MurmurHash3's finalizer, public domain.) */
function chance(seed: number, number: number): number {
  let hash = Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(Math.floor(number * 2) + 1, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
