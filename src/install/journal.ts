import { posix } from 'node:path'
import type { Begun, JournalRecord, SavedInstall } from '../model/saved-install.ts'
import type { System } from '../system/system.ts'
import { decodeJournal, encodeRecord, encodeSaved, JOURNAL_BYTES, type JournalEnd } from './journal-file.ts'
import { recordsOf, standsOf } from './journal-state.ts'

/** JournalRecord without its time. */
export type NewRecord = JournalRecord extends infer One ? (One extends JournalRecord ? Omit<One, 'at'> : never) : never

export type Journal = {
  /** On every disk that has the journal when it returns. A place that cannot be written is given up, and the error of the
   *  first such place is thrown after all others were served. */
  record(record: NewRecord): Promise<void>
  /** Keeps it in this file as well, from now on: whole before it returns. A record that is given is in that file before it is
   *  in any other; when the file cannot be written, it is in the others all the same. */
  keepIn(file: string, newest?: NewRecord): Promise<void>
  /** Writes there no more. The file stays. */
  leave(file: string): void
}

type Place = { readonly file: string; end: JournalEnd }

/** In memory first; `keepIn` takes it to the target as soon as there is one. A new install begins a new journal, one that
 *  goes on takes over what is known of it. Null when the plan is too large to be saved: then the install goes on without. */
export async function openJournal(
  system: System,
  options: {
    readonly file: string
    readonly saved: SavedInstall
    readonly begun: Begun | null
    /** Of this boot, for the journal in memory; null where it is not known. */
    readonly bootId?: string | null
    readonly log?: (line: string) => void
  },
): Promise<Journal | null> {
  const { begun, bootId = null, log } = options
  // On a disk it must be the same whatever boot goes on with it.
  const { bootId: _, ...saved } = options.saved
  const now = () => system.now().toISOString()
  const before = begun === null ? [] : recordsOf({ ...begun, isInstalled: false }, now())
  const session: JournalRecord[] = []
  const places: Place[] = []

  async function write(file: string, records: readonly JournalRecord[]): Promise<JournalEnd | null> {
    const isInMemory = file === options.file
    const image = encodeAll(isInMemory && bootId !== null ? { ...saved, bootId } : saved, records)
    if (image === null) return null
    await system.makeDirectory(posix.dirname(file), { mode: 0o700 })
    await system.writeBytes(file, image.bytes, { mode: 0o600 })
    return image.end
  }

  async function append(place: Place, record: JournalRecord): Promise<void> {
    const slot = encodeRecord(record, place.end)
    if (slot === null) {
      // After many tries: what counts of them is little.
      place.end = (await write(place.file, recordsOf(standsOf([...before, ...session]), now()))) ?? place.end
      return
    }
    await system.writeAt(place.file, slot.bytes, slot.offset)
    place.end = slot.end
  }

  async function putIn(file: string, records: readonly JournalRecord[]): Promise<void> {
    const bytes = await system.readBytes(file)
    const old = bytes?.length === JOURNAL_BYTES ? decodeJournal(bytes) : null
    if (old !== null && JSON.stringify(old.saved) === JSON.stringify(saved)) {
      // Ours, from before a power cut: nothing of it moves, it only grows.
      const place = { file, end: old.end }
      for (const record of records) await append(place, record)
      places.push(place)
      return
    }
    const fresh = await write(file, [...before, ...records])
    if (fresh !== null) places.push({ file, end: fresh })
  }

  async function appendToAll(record: JournalRecord, to: readonly Place[]): Promise<void> {
    session.push(record)
    const errors: unknown[] = []
    for (const place of to) {
      try {
        await append(place, record)
      } catch (error) {
        places.splice(places.indexOf(place), 1)
        log?.(`the journal in ${place.file} ends here: ${error instanceof Error ? error.message : String(error)}`)
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }

  const end = await write(options.file, before)
  if (end === null) return null
  places.push({ file: options.file, end })

  return {
    record: (content) => appendToAll({ at: now(), ...content }, [...places]),
    async keepIn(file, newest) {
      if (places.some((place) => place.file === file)) {
        if (newest !== undefined) await appendToAll({ at: now(), ...newest }, [...places])
        return
      }
      if (newest === undefined) return putIn(file, session)
      const record: JournalRecord = { at: now(), ...newest }
      const others = [...places]
      try {
        await putIn(file, [...session, record])
      } finally {
        await appendToAll(record, others)
      }
    },
    leave(file) {
      const index = places.findIndex((place) => place.file === file)
      if (index >= 0) places.splice(index, 1)
    },
  }
}

/** Without a record an install cannot be resumed there, and nothing else is lost: that is no reason to stop it, nor to hide
 *  why it stopped. */
export async function recordQuietly(journal: Journal | null, record: NewRecord): Promise<void> {
  try {
    await journal?.record(record)
  } catch {
    // The log has the story.
  }
}

/** Null when they do not fit. */
function encodeAll(
  saved: SavedInstall,
  records: readonly JournalRecord[],
): { readonly bytes: Uint8Array; readonly end: JournalEnd } | null {
  const start = encodeSaved(saved)
  if (start === null) return null
  let { end } = start
  for (const record of records) {
    const slot = encodeRecord(record, end)
    if (slot === null) return null
    start.bytes.set(slot.bytes, slot.offset)
    end = slot.end
  }
  return { bytes: start.bytes, end }
}
