import type { DiskActivity } from './disk-activity.ts'

/** What was seen of the disks in the last half minute. Times in milliseconds of any one clock. */
export type DiskPace = { readonly samples: readonly Sample[]; readonly wroteAtMs: number | null }
type Sample = DiskActivity & { readonly atMs: number }

export const NO_PACE: DiskPace = { samples: [], wroteAtMs: null }

const WINDOW_MS = 30_000
/** Over less than this a speed means nothing. */
const SHORTEST_MS = 4000
const SPEED_WINDOW_MS = 10_000
/** A disk that is at work for most of the time and moves less than this is slow, or failing. */
const SLOW_BYTES_PER_SECOND = 1_000_000
const BUSY_SHARE = 0.9

/** A counter that goes back is of another disk (one was pulled, one came): then the count begins anew. */
export function addToDiskPace(pace: DiskPace, activity: DiskActivity, atMs: number): DiskPace {
  const last = pace.samples.at(-1)
  const goesBack =
    last !== undefined &&
    (activity.writtenBytes < last.writtenBytes || activity.readBytes < last.readBytes || atMs < last.atMs)
  if (last === undefined || goesBack) return { samples: [{ ...activity, atMs }], wroteAtMs: atMs }
  const samples = [...pace.samples, { ...activity, atMs }]
  // One older than the window stays, or the window would never be full.
  const from = samples.findLastIndex((sample) => atMs - sample.atMs >= WINDOW_MS)
  return {
    samples: samples.slice(Math.max(0, from)),
    wroteAtMs: activity.writtenBytes > last.writtenBytes ? atMs : pace.wroteAtMs,
  }
}

/** Bytes written a second, over the last ten; null when that is not known yet. */
export function writeSpeed({ samples }: DiskPace): number | null {
  const last = samples.at(-1)
  const first = samples.find((sample) => last !== undefined && last.atMs - sample.atMs <= SPEED_WINDOW_MS)
  if (last === undefined || first === undefined || last.atMs - first.atMs < SHORTEST_MS) return null
  return Math.round(((last.writtenBytes - first.writtenBytes) * 1000) / (last.atMs - first.atMs))
}

/** For how long no disk took a byte; 0 while that is not known. */
export function silentMs({ samples, wroteAtMs }: DiskPace): number {
  const last = samples.at(-1)
  return last === undefined || wroteAtMs === null ? 0 : last.atMs - wroteAtMs
}

/** At work for half a minute, and less than a megabyte a second moved. */
export function isSlow({ samples }: DiskPace): boolean {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined) return false
  const ms = last.atMs - first.atMs
  if (ms < WINDOW_MS || last.busyMs - first.busyMs < ms * BUSY_SHARE) return false
  const moved = last.writtenBytes - first.writtenBytes + last.readBytes - first.readBytes
  return (moved * 1000) / ms < SLOW_BYTES_PER_SECOND
}
