import type { Problem } from '../model/problem.ts'
import type { DiskEntry } from './disk-entries.ts'

/** The headless counterpart of the typed confirmation: every disk and every filter of every list says `wipe: true`. What
 *  does not say so, each as a problem; empty when all do. `version` is the file's own. */
export function unconfirmedEntries(entries: readonly DiskEntry[], version: number): readonly Problem[] {
  const open = entries.filter(({ wipe }) => !wipe)
  if (version === 1) {
    const names = open.flatMap((entry) => ('id' in entry ? [entry.id] : []))
    if (names.length === 0) return []
    const message = 'nobody has confirmed that the disks may be erased'
    return [{ code: 'not-confirmed', path: ['confirm'], message, hint: `to erase them, list ${names.join(' and ')}` }]
  }
  return open.map((entry) => ({
    code: 'not-confirmed',
    path: ['disk', entry.list, entry.index],
    message:
      'id' in entry
        ? 'nobody has confirmed that this disk may be erased'
        : 'nobody has confirmed that the disks of this filter may be erased',
    hint: 'id' in entry ? `write it as id: ${entry.id} and, below it, wipe: true` : 'add wipe: true beside match',
  }))
}
