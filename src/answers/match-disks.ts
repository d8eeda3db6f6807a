import type { Disk, Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'
import { formatSize } from '../model/size.ts'
import { DISK_LISTS } from '../steps/disk/disk-rules.ts'
import { targetProblems } from '../steps/disk/target-problems.ts'
import { quote } from '../steps/field.ts'
import type { DiskEntry, DiskFilter } from './disk-entries.ts'
import { parseFilterSize } from './filter-size.ts'
import { fitsGlob } from './glob.ts'

/** What one entry of the file comes to on a machine. */
export type EntryMatch = {
  readonly entry: DiskEntry
  /** In the order of their ids, whatever order the machine names them in. */
  readonly takes: readonly Disk[]
  /** The other disks, each with the reason; empty for an entry that names its disk. */
  readonly others: readonly { readonly disk: Disk; readonly why: string }[]
  /** Why the entry cannot be taken as it is; null when it can. A disk that is named and not there is the disk step's. */
  readonly problem: Problem | null
}

/** How many disks a message names before it refers to `keystone match`. */
const MOST_NAMED = 6

/** Finds the disks of every entry. A disk goes to one entry only: those that are named first, then to the filters in the
 *  order of the lists. A filter never picks: more disks than it asks for are a problem, not a choice. Pure. */
export function matchDisks(entries: readonly DiskEntry[], hardware: Pick<Hardware, 'disks'>): readonly EntryMatch[] {
  const disks = [...hardware.disks].sort(byId)
  const taken = new Map<Disk, string>()
  const matches = new Map<DiskEntry, EntryMatch>()
  const inOrder = DISK_LISTS.flatMap((list) => entries.filter((entry) => entry.list === list))
  for (const entry of inOrder) {
    if (!('id' in entry)) continue
    const disk = disks.find(({ id }) => id === entry.id)
    if (disk) taken.set(disk, nameOf(entry))
    matches.set(entry, { entry, takes: disk ? [disk] : [], others: [], problem: null })
  }
  for (const entry of inOrder) {
    if ('id' in entry) continue
    const judged = disks.map((disk) => ({ disk, why: whyNot(entry, disk, taken.get(disk)) }))
    const fitting = judged.flatMap(({ disk, why }) => (why === null ? [disk] : []))
    const others = judged.flatMap(({ disk, why }) => (why === null ? [] : [{ disk, why }]))
    const problem = countProblem(entry, fitting, others)
    for (const disk of fitting) taken.set(disk, nameOf(entry))
    matches.set(entry, { entry, takes: fitting, others, problem })
  }
  return entries.flatMap((entry) => matches.get(entry) ?? [])
}

/** `disk.devices[0]` */
export function nameOf({ list, index }: DiskEntry): string {
  return `disk.${list}[${index}]`
}

/** Why a filter does not take this disk, in words; null when it does. */
function whyNot(
  { list, filter }: DiskEntry & { readonly filter: DiskFilter },
  disk: Disk,
  takenBy: string | undefined,
): string | null {
  // Whether the boot partition and the swap have room is the disk step's business: it tells how much is missing.
  const unfit = targetProblems(disk, list === 'devices' ? { espBytes: 0, swapBytes: 0 } : null, [])[0]
  if (unfit) return unfit.message
  const { type, minSize, maxSize, transport } = filter
  if (type !== undefined && disk.kind !== type) {
    return disk.kind === 'unknown' ? `its type is not known, so not ${type}` : `it is ${disk.kind}, not ${type}`
  }
  const least = minSize === undefined ? null : parseFilterSize(minSize)
  if (least !== null && disk.sizeBytes < least) return `it has ${sizeWords(disk)}, less than ${minSize}`
  const most = maxSize === undefined ? null : parseFilterSize(maxSize)
  if (most !== null && disk.sizeBytes > most) return `it has ${sizeWords(disk)}, more than ${maxSize}`
  for (const key of ['model', 'serial'] as const) {
    const pattern = filter[key]
    if (pattern === undefined) continue
    if (disk[key] === null) return `its ${key} is not known`
    if (!fitsGlob(pattern, disk[key].trim())) return `its ${key} is ${quote(disk[key])}, not ${quote(pattern)}`
  }
  if (transport !== undefined && !fitsGlob(transport, disk.transport ?? '')) {
    return `it is connected by ${disk.transport ?? 'an unknown bus'}, not ${quote(transport)}`
  }
  return takenBy === undefined ? null : `${takenBy} takes it`
}

/** Both ways of counting, because the file may use either: `931.5 GiB (1000.2 GB)`. */
export function sizeWords({ sizeBytes }: Pick<Disk, 'sizeBytes'>): string {
  return `${formatSize(sizeBytes)} (${Number((sizeBytes / 1e9).toFixed(1))} GB)`
}

function countProblem(
  entry: DiskEntry & { readonly count: number | 'all' },
  fitting: readonly Disk[],
  others: EntryMatch['others'],
): Problem | null {
  const path = ['disk', entry.list, entry.index]
  const wanted = entry.count
  if (fitting.length === 0) {
    const reasons = others.map(({ disk, why }) => `${disk.name}: ${why}`)
    const message =
      others.length === 0 ? 'no disk fits this filter: none was found' : `no disk fits this filter; ${listed(reasons)}`
    return { code: 'no-disk-matches', path, message, hint: 'change the filter; keystone match shows what it does' }
  }
  if (wanted === 'all' || fitting.length === wanted) return null
  const names = listed(
    fitting.map((disk) => disk.id ?? disk.name),
    ', ',
  )
  if (fitting.length > wanted) {
    const message = `this filter is for ${disksWord(wanted)}, but ${fitting.length} fit: ${names}`
    return {
      code: 'too-many-disks-match',
      path,
      message,
      hint: `narrow it down, or say count: ${fitting.length} or count: all`,
    }
  }
  const reasons = others.map(({ disk, why }) => `${disk.name}: ${why}`)
  const message = `this filter is for ${disksWord(wanted)}, but only ${fitting.length} ${fitting.length === 1 ? 'fits' : 'fit'}: ${names}; ${listed(reasons)}`
  return { code: 'too-few-disks-match', path, message, hint: 'change the filter or its count' }
}

function disksWord(count: number): string {
  return count === 1 ? '1 disk' : `${count} disks`
}

function listed(words: readonly string[], separator = '; '): string {
  const left = words.length - MOST_NAMED
  return [...words.slice(0, MOST_NAMED), ...(left > 0 ? [`and ${left} more`] : [])].join(separator)
}

function byId(one: Disk, other: Disk): number {
  const key = (disk: Disk) => disk.id ?? `~${disk.name}`
  return key(one) < key(other) ? -1 : 1
}
