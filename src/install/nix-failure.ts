import type { NixFailure } from '../model/failure.ts'
import type { NixRecord } from './nix-record.ts'

/** Source: Nix, src/libutil/include/nix/util/logging.hh */
const ACTIVITY = { copyPath: 100, fileTransfer: 101, build: 105, substitute: 108 } as const
const RESULT = { untrustedPath: 102, corruptedPath: 103, progress: 105 } as const
const LEVEL_ERROR = 0
/** Enough to see what it was; a download may have dozens open. */
const MOST_NAMED = 10

/** Remembers of nix's stream what tells failures apart, without a look at its words: what was open when it said an error,
 *  where in which file, and the paths that it refused. */
export type NixFailureReader = {
  read(record: NixRecord): void
  failure(): NixFailure
}

type Work = {
  readonly kind: 'fetching' | 'building'
  readonly name: string
  readonly type: number
  /** All that was expected has come. */
  isWhole: boolean
}

export function createNixFailureReader(): NixFailureReader {
  const open = new Map<string, Work>()
  // An exception ends its activities before anybody prints it: what ended last, with nothing begun since, belongs to it.
  let justEnded: Work[] = []
  let found: Work[] = []
  let hasError = false
  let corruptedPath: string | null = null
  let untrustedPath: string | null = null
  let refusedPath: string | null = null
  let position: NixFailure['position'] = null

  const add = (works: Iterable<Work>) => {
    for (const work of works) {
      if (!found.some(({ kind, name }) => kind === work.kind && name === work.name)) found = [...found, work]
    }
  }
  const named = (kind: Work['kind']) =>
    found.flatMap((work) => (work.kind === kind ? [work.name] : [])).slice(0, MOST_NAMED)

  return {
    read(record) {
      switch (record.action) {
        case 'start': {
          justEnded = []
          const work = workOf(record.type, record.fields)
          if (work === null) open.delete(record.id)
          else open.set(record.id, work)
          return
        }
        case 'stop': {
          const work = open.get(record.id)
          if (work !== undefined) justEnded.push(work)
          open.delete(record.id)
          return
        }
        case 'result': {
          const path = textOf(record.fields[0])
          if (record.type === RESULT.corruptedPath) corruptedPath ??= path
          if (record.type === RESULT.untrustedPath) untrustedPath ??= path
          const work = open.get(record.id)
          if (record.type === RESULT.progress && work !== undefined) work.isWhole = isWhole(record.fields)
          return
        }
        case 'msg':
          if (record.level !== LEVEL_ERROR) return
          hasError = true
          position = record.position ?? position
          refusedPath ??= refusedAmong(justEnded)
          add(open.values())
          add(justEnded)
      }
    },
    failure() {
      // Killed, it says nothing: then it is what it was at.
      if (!hasError) add(open.values())
      return {
        fetching: named('fetching'),
        building: named('building'),
        corruptedPath,
        untrustedPath,
        position,
        ...(refusedPath !== null && { refusedPath }),
      }
    },
  }
}

function workOf(type: number, [first]: readonly unknown[]): Work | null {
  const name = textOf(first)
  if (name === null) return null
  if (type === ACTIVITY.build) return { kind: 'building', name, type, isWhole: false }
  const isFetch = type === ACTIVITY.copyPath || type === ACTIVITY.fileTransfer || type === ACTIVITY.substitute
  return isFetch ? { kind: 'fetching', name, type, isWhole: false } : null
}

/** Nix ends a path that has another hash than it should with exit code 1 and words only. What can be seen: the copy ended
 *  right before the error, and the download that fed it had come whole; one that was cut off has not. Recorded of Nix 2.8. */
function refusedAmong(ended: readonly Work[]): string | null {
  const transfers = ended.filter(({ type }) => type === ACTIVITY.fileTransfer)
  if (transfers.length === 0 || transfers.some((transfer) => !transfer.isWhole)) return null
  return ended.find(({ type }) => type === ACTIVITY.copyPath)?.name ?? null
}

/** Bytes that have come, and that are to come. */
function isWhole([done, expected]: readonly unknown[]): boolean {
  return typeof done === 'number' && done > 0 && done === expected
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
