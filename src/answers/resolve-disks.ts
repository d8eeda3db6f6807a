import type { Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'
import type { DiskList } from '../steps/disk/disk-rules.ts'
import type { DiskEntry } from './disk-entries.ts'
import { type EntryMatch, matchDisks } from './match-disks.ts'

/** The lists of a disk section with ids in the place of filters. */
export type ResolvedDisks = {
  readonly lists: Readonly<Record<DiskList, readonly string[]>>
  readonly problems: readonly Problem[]
  /** False: some ids only stand in for disks that are not known, and nothing may be planned with them. */
  readonly isComplete: boolean
  /** A later problem's path (`disk.devices[3]`) as one of the file (the entry that the disk came from). Null: told already. */
  readonly relate: (problem: Problem) => Problem | null
}

/** No machine has it, and it passes the rule for names: the count of disks and the layout can be judged with it. */
const STAND_IN = '/dev/disk/by-id/keystone-filter'

/** Resolves the entries on this machine; with null only their number is judged, and a filter for all disks counts as
 *  `allCount` of them. */
export function resolveDisks(
  entries: readonly DiskEntry[],
  hardware: Pick<Hardware, 'disks'> | null,
  allCount = 1,
): ResolvedDisks {
  const matches: readonly EntryMatch[] =
    hardware === null
      ? entries.map((entry) => ({ entry, takes: [], others: [], problem: null }))
      : matchDisks(entries, hardware)
  const lists = emptyLists<string>()
  const origins = emptyLists<EntryMatch>()
  let isComplete = true
  for (const match of matches) {
    const { entry, takes, problem } = match
    const ids = 'id' in entry ? [entry.id] : takes.flatMap(({ id }) => id ?? [])
    const isOpen = !('id' in entry) && (hardware === null || problem !== null)
    if (isOpen) isComplete = false
    const count = 'id' in entry ? 1 : entry.count === 'all' ? allCount : entry.count
    const standIns = Array.from({ length: count }, (_, at) => `${STAND_IN}-${entry.list}-${entry.index}-${at}`)
    for (const id of isOpen ? standIns : ids) {
      lists[entry.list].push(id)
      origins[entry.list].push(match)
    }
  }
  const relate = (problem: Problem): Problem | null => {
    const [section, list, position] = problem.path
    if (section !== 'disk' || typeof position !== 'number') return problem
    const origin = origins[list as DiskList]?.[position]
    if (!origin) return problem
    return origin.problem ? null : { ...problem, path: ['disk', origin.entry.list, origin.entry.index] }
  }
  return { lists, problems: matches.flatMap(({ problem }) => problem ?? []), isComplete, relate }
}

function emptyLists<T>(): Record<DiskList, T[]> {
  return { devices: [], spares: [], log: [], cache: [], special: [], dataDevices: [] }
}

/** Whether a path is that of an entry for all disks that fit. */
export function isOpenEntry(entries: readonly DiskEntry[], [, list, index]: Problem['path']): boolean {
  return entries.some((entry) => entry.list === list && entry.index === index && hasOpenCount([entry]))
}

/** Whether the number of disks is open until a machine is there. */
export function hasOpenCount(entries: readonly DiskEntry[]): boolean {
  return entries.some((entry) => 'count' in entry && entry.count === 'all')
}
