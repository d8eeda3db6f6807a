import type { ProgressBytes } from '../model/event.ts'
import type { NixFailure } from '../model/failure.ts'
import { formatSize } from '../model/size.ts'
import { addToPace, type NixPace, nixTimeLeftMs, noPace } from './nix-pace.ts'
import { createNixProgressReader, type NixProgress } from './nix-progress.ts'
import type { Amount } from './nix-totals.ts'

/** A screen shows no more, and a log of JSON lines should not fill with it. */
const REPORT_EVERY_MS = 200
/** The same message again, because the time that is left is another. */
const REPEAT_EVERY_MS = 5000
const LAST_LINES = 20

/** Listens to one run of nix with `--log-format internal-json`: its words go to the log, its counts become progress with a
 *  message and, once the speed is steady, the milliseconds that are left (null until then). */
export function followNix(to: {
  readonly now: () => Date
  readonly log: (line: string) => void
  readonly progress: (fraction: number, message: string, timeLeftMs: number | null, bytes: ProgressBytes) => void
}) {
  const reader = createNixProgressReader()
  const lastLines: string[] = []
  let pace = noPace(to.now().getTime())
  let reported = ''
  let reportedAtMs = Number.NEGATIVE_INFINITY

  const report = (nowMs: number) => {
    const now = reader.current()
    pace = addToPace(pace, now, nowMs)
    const message = describeNixProgress(now)
    if (message === '') return
    if (message === reported && nowMs - reportedAtMs < REPEAT_EVERY_MS) return
    reported = message
    reportedAtMs = nowMs
    to.progress(now.fraction, message, nixTimeLeftMs(pace, now, nowMs), bytesOf(now, pace))
  }

  return {
    /** One line of its stderr. */
    read(line: string) {
      const { log, isProgress } = reader.read(line)
      for (const text of log) {
        to.log(text)
        if (lastLines.push(text) > LAST_LINES) lastLines.shift()
      }
      const nowMs = to.now().getTime()
      if (isProgress && nowMs - reportedAtMs >= REPORT_EVERY_MS) report(nowMs)
    },
    /** nix has ended: tells where it stands, should that not have been told. */
    end: () => report(to.now().getTime()),
    /** What tells its failure from others, without a look at its words. For the error that the task throws. */
    failure: (): NixFailure => reader.failure(),
    /** What it said last to people, oldest first. */
    lastLines: (): readonly string[] => [...lastLines],
  }
}

/** `12 of 340 paths, 45 MiB of 1.2 GiB fetched, 3 of 20 builds`; empty before there is anything to say. */
export function describeNixProgress(progress: NixProgress): string {
  const { paths, builds, fetched, copied } = progress
  const bytes = isFetching(progress) ? describeBytes(fetched, 'fetched') : describeBytes(copied, 'copied')
  return [
    paths.expected > 0 ? `${paths.done} of ${paths.expected} paths` : '',
    bytes,
    builds.expected > 0 ? `${builds.done} of ${builds.expected} builds` : '',
  ]
    .filter((part) => part !== '')
    .join(', ')
}

/** What is told in bytes: what comes over the network, or, where nothing does, what is copied. */
const isFetching = ({ fetched, copied }: NixProgress) => fetched.done > 0 || copied.expected === 0

function bytesOf(progress: NixProgress, { bytes }: NixPace): ProgressBytes {
  const { done, expected } = isFetching(progress) ? progress.fetched : progress.copied
  // The pace is that of what is laid into the store.
  const perSecond = isFetching(progress) || bytes.quick === null ? null : Math.round(bytes.quick * 1000)
  return { done, total: expected === 0 ? null : expected, perSecond }
}

function describeBytes({ done, expected }: Amount, word: string): string {
  if (expected === 0) return ''
  return `${formatSize(done)} of ${formatSize(expected)} ${word}`
}
