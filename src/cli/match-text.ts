import type { DiskEntry } from '../answers/disk-entries.ts'
import { type EntryMatch, matchDisks, nameOf, sizeWords } from '../answers/match-disks.ts'
import type { Disk, Hardware } from '../model/hardware.ts'

/** What each entry of a file means on a machine, for a person: what it takes, and why not the others. */
export function formatMatches(entries: readonly DiskEntry[], hardware: Pick<Hardware, 'disks'>): string {
  if (entries.length === 0) return 'The file names no disks.\n'
  return matchDisks(entries, hardware)
    .map(
      (match) =>
        `${headOf(match)}\n${linesOf(match)
          .map((line) => `  ${line}\n`)
          .join('')}`,
    )
    .join('\n')
}

/** The same as data: one object for each entry. */
export function matchesJson(entries: readonly DiskEntry[], hardware: Pick<Hardware, 'disks'>): string {
  const shown = matchDisks(entries, hardware).map(({ entry, takes, others, problem }) => ({
    key: nameOf(entry),
    entry: 'id' in entry ? { id: entry.id } : { match: entry.filter, count: entry.count },
    wipe: entry.wipe,
    takes: takes.map(({ id, name }) => ({ id, name })),
    others: others.map(({ disk, why }) => ({ id: disk.id, name: disk.name, why })),
    problem: problem && { code: problem.code, message: problem.message },
  }))
  return `${JSON.stringify(shown, null, 2)}\n`
}

function headOf({ entry }: EntryMatch): string {
  const wipe = entry.wipe ? ', wipe' : ''
  if ('id' in entry) return `${nameOf(entry)}  by name${wipe}`
  const words = Object.entries(entry.filter).flatMap(([key, value]) => (value === undefined ? [] : [`${key} ${value}`]))
  return `${nameOf(entry)}  ${words.join(', ')}; count ${entry.count}${wipe}`
}

function linesOf({ entry, takes, others, problem }: EntryMatch): readonly string[] {
  if ('id' in entry && takes.length === 0) return [`missing  ${entry.id} is not in this machine`]
  const word = problem && takes.length > 0 ? 'fits ' : 'takes'
  return [
    ...takes.map((disk) => `${word}    ${describe(disk)}`),
    ...others.map(({ disk, why }) => `not      ${disk.id ?? disk.path}: ${why}`),
    ...(problem ? [`problem  ${problem.message}`] : []),
  ]
}

function describe(disk: Disk): string {
  const parts = [disk.model?.trim(), sizeWords(disk), disk.kind === 'unknown' ? undefined : disk.kind, disk.transport]
  return `${disk.id ?? disk.path}  ${parts.filter((part) => part).join(', ')}`
}
