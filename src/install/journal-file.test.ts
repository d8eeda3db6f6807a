import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TASK_IDS } from '../model/event.ts'
import type { JournalRecord, SavedInstall } from '../model/saved-install.ts'
import { Bug } from '../system/errors.ts'
import { confirmation, zfsPlan } from '../testing/task-context.ts'
import {
  decodeJournal,
  encodeRecord,
  encodeSaved,
  HEADER_BYTES,
  JOURNAL_BYTES,
  SLOT_BYTES,
  SLOTS,
} from './journal-file.ts'

const AT = '2026-05-30T10:00:00.000Z'
const saved: SavedInstall = {
  format: 1,
  installerVersion: '1.2.3',
  startedAt: AT,
  planHash: 'f00d',
  plan: zfsPlan,
  answers: 'identity:\n  hostName: primer\n',
  confirmation,
}
const RECORDS: readonly JournalRecord[] = [
  { at: AT, state: 'started', task: 'partition' },
  { at: AT, state: 'finished', task: 'partition', outputs: { rpool: '12345678901234567890' } },
  { at: AT, state: 'started', task: 'build' },
  { at: AT, state: 'failed', task: 'build' },
  { at: AT, state: 'undone', task: 'partition' },
  { at: AT, state: 'cancelled' },
]

const head = (of: SavedInstall) => {
  const start = encodeSaved(of)
  if (start === null) throw new Error('the header does not fit')
  return start
}
/** An earlier install of the same place. */
const EARLIER = head({ ...saved, startedAt: '2026-01-01T00:00:00.000Z' })
const START = head(saved)

/** The slots of these records, one after the other. */
function slotsOf(records: readonly JournalRecord[], start = START): readonly Uint8Array[] {
  let { end } = start
  return records.map((record) => {
    const slot = encodeRecord(record, end)
    if (slot === null) throw new Error('the journal is full')
    end = slot.end
    return slot.bytes
  })
}

/** The file after each record, from none to all: the states it may be found in. */
function states(records: readonly JournalRecord[], start = START): readonly Uint8Array[] {
  const files = [start.bytes]
  for (const [index, slot] of slotsOf(records, start).entries()) {
    const next = (files.at(-1) ?? start.bytes).slice()
    next.set(slot, HEADER_BYTES + index * SLOT_BYTES)
    files.push(next)
  }
  return files
}

const last = (files: readonly Uint8Array[]) => files.at(-1) ?? new Uint8Array()

test('gives back what was written, and how far it goes', () => {
  for (const [count, bytes] of states(RECORDS).entries()) {
    expect(bytes).toHaveLength(262144)
    expect(decodeJournal(bytes)).toMatchObject({ saved, records: RECORDS.slice(0, count), end: { records: count } })
  }
})

test('a slot is one line that a person can read, and zeros', () => {
  const slot = last(states(RECORDS.slice(0, 1))).subarray(65536, 66048)
  const text = new TextDecoder().decode(slot).replace(/\0+$/, '')
  expect(text).toMatch(
    /^000000 [0-9a-f]{8} \{"at":"2026-05-30T10:00:00\.000Z","state":"started","task":"partition"\}\n$/,
  )
})

test('no secret is asked of the header, and one with every disk of a large machine fits', () => {
  const disks = Array.from({ length: 90 }, (_, index) => ({
    ...(zfsPlan.storage.disks[0] as (typeof zfsPlan.storage.disks)[number]),
    key: `data${index}`,
    id: `/dev/disk/by-id/scsi-35000c500a1b2c${String(index).padStart(3, '0')}`,
    serial: `ZL2B${index * 7919}`,
  }))
  const large = { ...saved, plan: { ...zfsPlan, storage: { ...zfsPlan.storage, disks } }, confirmation: { disks } }
  expect(decodeJournal(head(large).bytes)?.saved).toEqual(large)
  const incompressible = Array.from({ length: 9000 }, (_, index) => Math.sin(index)).join('')
  expect(encodeSaved({ ...saved, answers: incompressible })).toBeNull()
})

test('a record that fits no slot is ours to mend', () => {
  const start = encodeSaved(saved)
  const record = { at: AT, state: 'finished', task: 'build', outputs: { path: 'x'.repeat(500) } } as const
  expect(() => start && encodeRecord(record, start.end)).toThrow(Bug)
})

test('says that it is full, and never writes behind its end', () => {
  const start = encodeSaved(saved)
  const record: JournalRecord = { at: AT, state: 'started', task: 'build' }
  let end = start?.end
  for (let count = 0; count < SLOTS && end; count++) {
    const slot = encodeRecord(record, end)
    expect((slot?.offset ?? JOURNAL_BYTES) + SLOT_BYTES).toBeLessThanOrEqual(JOURNAL_BYTES)
    end = slot?.end
  }
  expect(end?.records).toBe(384)
  expect(end && encodeRecord(record, end)).toBeNull()
})

test.each([
  ['nothing', new Uint8Array()],
  ['zeros', new Uint8Array(JOURNAL_BYTES)],
  ['a file that was cut short', last(states(RECORDS)).subarray(0, HEADER_BYTES - 1)],
  ['another version', last(states(RECORDS)).with(8, 0x32)],
])('%s is no journal', (_, bytes) => {
  expect(decodeJournal(bytes)).toBeNull()
})

test('one torn byte in the header makes it none, so that no half of a plan is ever followed', () => {
  const whole = last(states(RECORDS))
  const used = whole.findLastIndex((byte, index) => byte !== 0 && index < HEADER_BYTES)
  fc.assert(
    fc.property(fc.nat({ max: used }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const torn = whole.with(at, (whole[at] ?? 0) ^ flip)
      // Padding may be flipped: then it is whole all the same.
      expect([null, JSON.stringify(saved)]).toContain(textOf(torn))
    }),
    { numRuns: 1000 },
  )
})

function textOf(bytes: Uint8Array): string | null {
  const found = decodeJournal(bytes)
  return found && JSON.stringify(found.saved)
}

const task = fc.constantFrom(...TASK_IDS)
const anyRecord: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc.record({ at: fc.constant(AT), state: fc.constantFrom('started', 'failed', 'undone'), task }),
  fc.record({
    at: fc.constant(AT),
    state: fc.constant('finished' as const),
    task,
    outputs: fc.dictionary(fc.string({ maxLength: 10 }), fc.string({ maxLength: 60 }), { maxKeys: 2 }),
  }),
  fc.record({ at: fc.constant(AT), state: fc.constantFrom('installed', 'cancelled') }),
)

/** What can become of a sector whose write was under way: all of the new, none of it, or a mixture. */
const fate = fc.record({ kind: fc.constantFrom('new', 'old', 'torn', 'noise'), cut: fc.nat({ max: SLOT_BYTES }) })

test('whatever subset of the sectors reached the disk, the state is one that was, and never a later one', () => {
  fc.assert(
    fc.property(
      fc.array(anyRecord, { minLength: 1, maxLength: 12 }),
      fc.array(fate, { minLength: 12, maxLength: 12 }),
      fc.array(anyRecord, { maxLength: 12 }),
      (records, fates, stale) => {
        const slots = slotsOf(records)
        const disk = new Uint8Array(HEADER_BYTES + 13 * SLOT_BYTES)
        disk.set(START.bytes.subarray(0, HEADER_BYTES))
        // Below lie the slots of an earlier install in the same place.
        for (const [index, slot] of slotsOf(stale, EARLIER).entries()) disk.set(slot, HEADER_BYTES + index * SLOT_BYTES)
        let count = 0
        let isPrefix = true
        for (const [index, fresh] of slots.entries()) {
          const at = HEADER_BYTES + index * SLOT_BYTES
          const { kind, cut } = fates[index] ?? { kind: 'new', cut: 0 }
          if (kind === 'new') disk.set(fresh, at)
          if (kind === 'torn') disk.set(fresh.subarray(0, cut), at)
          if (kind === 'noise')
            disk.set(
              fresh.map((byte, place) => (place >= cut ? byte ^ 0x5a : byte)),
              at,
            )
          isPrefix &&= disk.subarray(at, at + SLOT_BYTES).every((byte, place) => byte === fresh[place])
          if (isPrefix) count = index + 1
        }
        const found = decodeJournal(disk)
        expect(found?.saved.startedAt).toBe(saved.startedAt)
        expect(JSON.stringify(found?.records)).toBe(JSON.stringify(records.slice(0, count)))
      },
    ),
    { numRuns: 10_000 },
  )
})

test('a slot that is written anew takes all behind it with it', () => {
  const files = states(RECORDS)
  const end = decodeJournal(files[2] ?? new Uint8Array())?.end
  const other = end && encodeRecord({ at: AT, state: 'started', task: 'install' }, end)
  const disk = last(files).slice()
  disk.set(other?.bytes ?? [], other?.offset)
  expect(decodeJournal(disk)?.records).toEqual([...RECORDS.slice(0, 2), { at: AT, state: 'started', task: 'install' }])
})

test('garbage gives nothing or a journal, and never an error', () => {
  const whole = last(states(RECORDS))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat({ max: 1000 }), (noise, at) => {
      const disk = whole.slice()
      disk.set(noise, at)
      expect(() => decodeJournal(disk)).not.toThrow()
    }),
    { numRuns: 500 },
  )
})

test('what is shown of a header has no control characters, and every disk has a name, whoever has made it up', () => {
  const of = (changes: object, plan: object = {}) =>
    decodeJournal(
      encodeSaved({ ...saved, ...changes, plan: { ...saved.plan, ...plan } } as SavedInstall)?.bytes ??
        new Uint8Array(),
    )
  expect(of({})).not.toBeNull()
  expect(of({ aFieldOfLater: { is: 'kept' } })?.saved).toMatchObject({ aFieldOfLater: { is: 'kept' } })
  expect(of({ startedAt: '\u001B[2J' })).toBeNull()
  expect(of({ installerVersion: '1\n2' })).toBeNull()
  expect(of({}, { hostName: 'a\u001B]0;b\u0007' })).toBeNull()
  const { storage } = saved.plan
  expect(of({}, { storage: { ...storage, disks: [{ ...storage.disks[0], id: undefined }] } })).toBeNull()
  expect(of({}, { storage: { ...storage, disks: [{ ...storage.disks[0], id: 'a\u0000' }] } })).toBeNull()
})
