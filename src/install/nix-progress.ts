import type { NixFailure } from '../model/failure.ts'
import { createNixFailureReader } from './nix-failure.ts'
import { logLines, type NixRecord, readNixLine } from './nix-record.ts'
import { type Amount, createNixTotals } from './nix-totals.ts'

/** Activity and result numbers of `--log-format internal-json`. Source: Nix, src/libutil/include/nix/util/logging.hh */
const ACTIVITY = { copyPath: 100, fileTransfer: 101, copyPaths: 103, builds: 104, build: 105 } as const
const RESULT = { buildLogLine: 101, setPhase: 104, progress: 105, setExpected: 106, postBuildLogLine: 107 } as const
/** Levels up to info are for people; talkative and above are for Nix's own developers. */
const LEVEL_INFO = 3

export type NixProgress = {
  /** 0..1, never less than before. One path and one build are one unit of work each. */
  readonly fraction: number
  readonly paths: Amount
  readonly builds: Amount
  /** Bytes that came over the network, as they come: compressed, and flake inputs among them. */
  readonly fetched: Amount
  /** Bytes that were laid into the store, from wherever: unpacked. */
  readonly copied: Amount
}

/** What one line of stderr meant: lines for the log, and whether the progress may have changed. */
export type NixLine = { readonly log: readonly string[]; readonly isProgress: boolean }

export type NixProgressReader = {
  read(line: string): NixLine
  /** What is known of the failure, once nix has ended with one. */
  failure(): NixFailure
  current(): NixProgress
}

/** Follows what nix writes to stderr. Lines without the prefix are log lines; unknown types and broken records are passed
 *  over, because a newer Nix or a cut line must not stop an install. Whether it went well says the exit code alone. */
export function createNixProgressReader(): NixProgressReader {
  const totals = createNixTotals()
  /** Id of a build -> what it builds, to say whose log line it is: builds run side by side. */
  const buildNames = new Map<string, string>()
  const meter = createMeter()
  const failures = createNixFailureReader()

  const follow = (record: NixRecord): NixLine => {
    switch (record.action) {
      case 'msg':
        return { log: forPeople(record), isProgress: false }
      case 'start':
        totals.start(record.id, record.type)
        if (record.type === ACTIVITY.build) buildNames.set(record.id, derivationName(record.fields[0]))
        return { log: forPeople(record), isProgress: true }
      case 'stop':
        totals.stop(record.id)
        buildNames.delete(record.id)
        return CHANGED
      case 'result':
        return followResult(record)
    }
  }

  const followResult = ({ id, type, fields }: NixRecord & { action: 'result' }): NixLine => {
    switch (type) {
      case RESULT.progress: {
        totals.progress(id, fields)
        const of = totals.typeOf(id)
        return of === ACTIVITY.copyPaths || of === ACTIVITY.builds ? SILENT : CHANGED
      }
      case RESULT.setExpected:
        totals.announce(id, fields)
        // nix tells builds, paths, bytes to fetch and bytes to copy one after the other: only together they are true.
        return fields[0] === ACTIVITY.copyPath ? CHANGED : SILENT
      case RESULT.buildLogLine:
      case RESULT.postBuildLogLine:
        return { log: logLines(textOf(fields[0])).map((line) => ofBuild(id, '> ', line)), isProgress: false }
      case RESULT.setPhase:
        return { log: logLines(textOf(fields[0])).map((phase) => ofBuild(id, ': ', phase)), isProgress: false }
      default:
        return SILENT
    }
  }

  const ofBuild = (id: string, sign: string, text: string) => {
    const name = buildNames.get(id)
    return name === undefined ? text : `${name}${sign}${text}`
  }

  return {
    read(line) {
      const record = readNixLine(line)
      if (record === null) return SILENT
      if (typeof record === 'string') return { log: logLines(record), isProgress: false }
      failures.read(record)
      const meaning = follow(record)
      if (meaning.isProgress) meter.update(amountsOf(totals))
      return meaning
    },
    failure: failures.failure,
    current: () => ({ fraction: meter.fraction(), ...amountsOf(totals) }),
  }
}

const SILENT: NixLine = { log: [], isProgress: false }
const CHANGED: NixLine = { log: [], isProgress: true }

function forPeople({ level, text }: { readonly level: number; readonly text: string }): readonly string[] {
  return level <= LEVEL_INFO ? logLines(text) : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** `/nix/store/<hash>-etc.drv` -> `etc` */
function derivationName(path: unknown): string {
  const [name = 'build'] = logLines(
    textOf(path)
      .replace(/^.*\/[a-z0-9]{32}-/, '')
      .replace(/\.drv$/, ''),
  )
  return name
}

type Amounts = Omit<NixProgress, 'fraction'>

function amountsOf({ amount }: ReturnType<typeof createNixTotals>): Amounts {
  const paths = amount(ACTIVITY.copyPaths)
  const copied = amount(ACTIVITY.copyPath)
  // nix tells bytes only every few kilobytes, so the last ones of a path are never told.
  const isAllCopied = paths.expected > 0 && paths.done >= paths.expected
  return {
    paths,
    builds: amount(ACTIVITY.builds),
    fetched: amount(ACTIVITY.fileTransfer),
    copied: isAllCopied ? { ...copied, done: copied.expected } : copied,
  }
}

/** Fewer are too few to judge by: nix finds its work on the way, and may first fetch one flake input, all by itself. */
const FEWEST_UNITS = 10

/** Turns amounts, whose expected part grows and shrinks, into a fraction that only grows. */
function createMeter() {
  let shown = 0
  let raw = 0
  return {
    update(amounts: Amounts) {
      const { paths, builds, copied } = amounts
      // Not by what is fetched: flake inputs and indexes are among it, and from a disk nothing is fetched.
      const pathShare = copied.expected > 0 ? ratio(copied) : ratio(paths)
      const units = Math.max(FEWEST_UNITS, paths.expected + builds.expected)
      const now = Math.min(1, (pathShare * paths.expected + builds.done) / units)
      // After more work was found, what is left of the bar is shared by what is left of the work.
      if (now > raw) shown = Math.min(1, shown + ((1 - shown) * (now - raw)) / (1 - raw))
      raw = now
    },
    fraction: () => shown,
  }
}

function ratio({ done, expected }: Amount): number {
  return expected === 0 ? 0 : Math.min(1, done / expected)
}
