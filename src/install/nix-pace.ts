import type { NixProgress } from './nix-progress.ts'
import type { Amount } from './nix-totals.ts'

/** What was seen of a build's speed. Made by `noPace`, carried on by `addToPace`. Times in milliseconds of any one clock. */
export type NixPace = {
  readonly bytes: BytePace
  readonly builds: BuildPace
}

/** Builds end one by one, seconds apart: a mean says more of them than a speed. */
type BuildPace = {
  readonly sinceMs: number
  readonly doneThen: number
  readonly expected: number
  readonly expectedAtMs: number
}

type BytePace = {
  readonly startedAtMs: number
  readonly atMs: number
  readonly done: number
  /** Bytes in a millisecond, over the last seconds and over the last minute. Null before the first is measured. */
  readonly quick: number | null
  readonly slow: number | null
  /** How much there was to do when that was last news, and when that was. */
  readonly expected: number
  readonly expectedAtMs: number
}

/** Records come in bursts; over less than this a speed means nothing. */
const SAMPLE_MS = 1000
const QUICK_MS = 10_000
const SLOW_MS = 60_000
/** Before this nobody can say, and as long nothing new may have come up. */
const STEADY_AFTER_MS = 10_000
/** More than this share of new work is news. */
const NEWS = 0.05
/** Of what there is to do, so much must be done. */
const ENOUGH = 0.02
/** The speeds of the last seconds and of the last minute agree when neither is more than twice the other. */
const AGREEMENT = 2
/** What NixOS builds by itself for one machine are small files; a guess until three of them were timed. */
const BUILD_GUESS_MS = 2000
const BUILDS_TO_TIME = 3

export function noPace(nowMs: number): NixPace {
  return {
    bytes: { startedAtMs: nowMs, atMs: nowMs, done: 0, quick: null, slow: null, expected: 0, expectedAtMs: nowMs },
    builds: { sinceMs: nowMs, doneThen: 0, expected: 0, expectedAtMs: nowMs },
  }
}

/** The pace after `progress` was seen at `nowMs`. A clock that goes back changes nothing. */
export function addToPace(pace: NixPace, progress: NixProgress, nowMs: number): NixPace {
  return { bytes: addBytes(pace.bytes, progress.copied, nowMs), builds: addBuilds(pace.builds, progress.builds, nowMs) }
}

/** Milliseconds until the end at the present speed, or null while that is not steady enough to be said. */
export function nixTimeLeftMs(pace: NixPace, progress: NixProgress, nowMs: number): number | null {
  const { copied: bytes, paths, builds } = progress
  // Before anything was done, and without sizes, there is no speed.
  if (bytes.done === 0 && builds.done === 0) return null
  if (bytes.expected === 0 && leftOf(paths) > 0) return null
  const forBytes = leftOf(bytes) === 0 ? 0 : timeForBytes(bytes, pace.bytes, nowMs)
  const forBuilds = leftOf(builds) === 0 ? 0 : timeForBuilds(builds, pace.builds, nowMs)
  if (forBytes === null || forBuilds === null || forBytes + forBuilds === 0) return null
  return forBytes + forBuilds
}

/** The same work, or more than a little more: then that is noted. */
function withNews<T extends { readonly expected: number; readonly expectedAtMs: number }>(
  pace: T,
  expected: number,
  nowMs: number,
): T {
  return expected > pace.expected * (1 + NEWS) ? { ...pace, expected, expectedAtMs: nowMs } : pace
}

function addBuilds(pace: BuildPace, { done, expected }: Amount, nowMs: number): BuildPace {
  const known = withNews(pace, expected, nowMs)
  // The clock starts with the first build that is done: before it nix fetched, and looked for what there is to do.
  return pace.doneThen > 0 ? known : { ...known, sinceMs: nowMs, doneThen: done }
}

function addBytes(pace: BytePace, { done, expected }: Amount, nowMs: number): BytePace {
  const known = withNews(pace, expected, nowMs)
  if (done === 0) return { ...known, startedAtMs: nowMs, atMs: nowMs }
  const ms = nowMs - pace.atMs
  if (ms < SAMPLE_MS) return known
  const speed = Math.max(0, done - pace.done) / ms
  return {
    ...known,
    atMs: nowMs,
    done,
    quick: smooth(pace.quick, speed, ms, QUICK_MS),
    slow: smooth(pace.slow, speed, ms, SLOW_MS),
  }
}

/** Exponential: what lies `windowMs` back counts a third. */
function smooth(before: number | null, now: number, ms: number, windowMs: number): number {
  return before === null ? now : before + (now - before) * (1 - Math.exp(-ms / windowMs))
}

function timeForBytes(amount: Amount, pace: BytePace, nowMs: number): number | null {
  const { quick, slow } = pace
  if (quick === null || slow === null || quick <= 0 || slow <= 0) return null
  if (nowMs - Math.max(pace.startedAtMs, pace.expectedAtMs) < STEADY_AFTER_MS) return null
  if (amount.done < amount.expected * ENOUGH) return null
  if (Math.max(quick, slow) > AGREEMENT * Math.min(quick, slow)) return null
  return leftOf(amount) / slow
}

function timeForBuilds(amount: Amount, pace: BuildPace, nowMs: number): number | null {
  const { sinceMs, doneThen, expectedAtMs } = pace
  if (nowMs - expectedAtMs < STEADY_AFTER_MS) return null
  const timed = doneThen === 0 ? 0 : amount.done - doneThen
  return leftOf(amount) * (timed < BUILDS_TO_TIME ? BUILD_GUESS_MS : Math.max(0, nowMs - sinceMs) / timed)
}

function leftOf({ done, expected }: Amount): number {
  return Math.max(0, expected - done)
}
