import { stripVTControlCharacters } from 'node:util'

/** Activity and result numbers of `--log-format internal-json`. Source: Nix, src/libutil/include/nix/util/logging.hh */
const ACTIVITY = { copyPath: 100, fileTransfer: 101, copyPaths: 103, builds: 104 } as const
const RESULT = { buildLogLine: 101, progress: 105, setExpected: 106, postBuildLogLine: 107 } as const
/** `msg` levels up to info are for people; talkative and above are for Nix's own developers. */
const LEVEL_INFO = 3

export type Amount = { readonly done: number; readonly expected: number }

export type NixProgress = {
  /** 0..1 over all paths to fetch and derivations to build. Grows when Nix finds more to do, so keep the largest seen. */
  readonly fraction: number
  readonly paths: Amount
  readonly builds: Amount
  readonly bytes: Amount
}

/** What one line of stderr meant: text for the log, or a change of the progress, or neither. */
export type NixLine = { readonly log: string | null; readonly isProgress: boolean }

export type NixProgressReader = {
  read(line: string): NixLine
  current(): NixProgress
}

type Activity = { readonly type: number; done: number; expected: number; readonly announced: Map<number, number> }
type Total = { done: number; announced: number }

/** Follows the records `@nix {…}` that nix writes to stderr. Other lines are log lines; unknown types and broken records
 *  are passed over, because a newer Nix must not stop an install. */
export function createNixProgressReader(): NixProgressReader {
  // Ids are pid<<32 + counter and may exceed 2^53: strings, never numbers.
  const activities = new Map<string, Activity>()
  const totals = new Map<number, Total>()

  const totalOf = (type: number): Total => {
    const total = totals.get(type) ?? { done: 0, announced: 0 }
    totals.set(type, total)
    return total
  }

  const announce = (activity: Activity, type: number, expected: number) => {
    totalOf(type).announced += expected - (activity.announced.get(type) ?? 0)
    activity.announced.set(type, expected)
  }

  const stop = (id: string) => {
    const activity = activities.get(id)
    if (activity === undefined) return
    totalOf(activity.type).done += activity.done
    // What was announced and never done is given up; what was done stays counted.
    for (const [type, expected] of activity.announced) totalOf(type).announced -= expected
    activities.delete(id)
  }

  const amountOf = (type: number): Amount => {
    const total = totalOf(type)
    let { done } = total
    let expected = total.done
    for (const activity of activities.values()) {
      if (activity.type !== type) continue
      done += activity.done
      expected += Math.max(activity.expected, activity.done)
    }
    return { done, expected: Math.max(expected, total.announced, done) }
  }

  return {
    read(line) {
      if (!line.startsWith('@nix ')) return { log: plain(line), isProgress: false }
      const record = parseRecord(line.slice('@nix '.length))
      if (record === null) return SILENT
      const id = String(record.id ?? '')
      const fields = Array.isArray(record.fields) ? (record.fields as unknown[]) : []
      const type = Number(record.type)
      if (record.action === 'msg') {
        const text = typeof record.msg === 'string' ? record.msg : ''
        return Number(record.level) <= LEVEL_INFO && text !== '' ? { log: plain(text), isProgress: false } : SILENT
      }
      if (record.action === 'start') {
        activities.set(id, { type, done: 0, expected: 0, announced: new Map() })
        const text = typeof record.text === 'string' ? record.text : ''
        return Number(record.level) <= LEVEL_INFO && text !== '' ? { log: plain(text), isProgress: true } : CHANGED
      }
      if (record.action === 'stop') {
        stop(id)
        return CHANGED
      }
      if (record.action !== 'result') return SILENT
      if (type === RESULT.buildLogLine || type === RESULT.postBuildLogLine) {
        return { log: plain(String(fields[0] ?? '')), isProgress: false }
      }
      const activity = activities.get(id)
      if (activity === undefined) return SILENT
      if (type === RESULT.progress) {
        activity.done = count(fields[0])
        activity.expected = count(fields[1])
        return CHANGED
      }
      if (type === RESULT.setExpected) {
        announce(activity, count(fields[0]), count(fields[1]))
        return CHANGED
      }
      return SILENT
    },

    current() {
      const paths = amountOf(ACTIVITY.copyPaths)
      const builds = amountOf(ACTIVITY.builds)
      const unpacked = amountOf(ACTIVITY.copyPath)
      const fetched = amountOf(ACTIVITY.fileTransfer)
      const bytes = fetched.expected > 0 ? fetched : unpacked
      // One path and one build are one unit of work each; bytes make the paths' share move smoothly.
      const units = paths.expected + builds.expected
      const pathShare = bytes.expected > 0 ? ratio(bytes) : ratio(paths)
      const fraction = units === 0 ? 0 : (pathShare * paths.expected + builds.done) / units
      return { fraction: Math.min(1, fraction), paths, builds, bytes }
    },
  }
}

const SILENT: NixLine = { log: null, isProgress: false }
const CHANGED: NixLine = { log: null, isProgress: true }

function parseRecord(json: string): Record<string, unknown> | null {
  try {
    // A quote inside a JSON string is written \", so this touches keys only.
    const record: unknown = JSON.parse(json.replace(/"(id|parent)":(\d+)/g, '"$1":"$2"'))
    return typeof record === 'object' && record !== null ? (record as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0
}

function ratio({ done, expected }: Amount): number {
  return expected === 0 ? 0 : done / expected
}

function plain(text: string): string {
  return stripVTControlCharacters(text)
}
