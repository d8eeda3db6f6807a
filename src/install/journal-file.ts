import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import { TASK_IDS, type TaskId } from '../model/event.ts'
import type { JournalRecord, SavedInstall } from '../model/saved-install.ts'
import { Bug } from '../system/errors.ts'

/** A journal is a file of one size, so that on FAT neither its table nor its directory changes while the install runs: a
 *  header, and slots of one sector each. The bytes of a sector reach a disk together; a torn slot is told by its CRC. */
export const HEADER_BYTES = 64 * 1024
export const SLOT_BYTES = 512
export const SLOTS = 384
export const JOURNAL_BYTES = HEADER_BYTES + SLOTS * SLOT_BYTES

/** `KEYSTONE`, a version, then three numbers of 32 bits: bytes of the packed header, bytes of its text, CRC of its text. */
const MAGIC = new TextEncoder().encode('KEYSTONE1\n')
const NUMBERS_AT = 16
const HEADER_TEXT_AT = 32
/** `000007 1a2b3c4d {…}` and a newline, then zeros: readable with `strings`. */
const CRC_AT = 7
const SLOT_TEXT_AT = 16

/** Each CRC is made over the one before it too, so a slot counts only behind the very records it was written behind: what an
 *  earlier install, or an earlier try, left in a later slot is nothing. */
export type JournalEnd = { readonly records: number; readonly crc: number }

export type DecodedJournal = {
  readonly saved: SavedInstall
  readonly records: readonly JournalRecord[]
  /** Where the next record goes. */
  readonly end: JournalEnd
}

/** The whole file, with its slots empty. Null when it does not fit: then there can be no journal. */
export function encodeSaved(saved: SavedInstall): { readonly bytes: Uint8Array; readonly end: JournalEnd } | null {
  const text = new TextEncoder().encode(JSON.stringify(saved))
  const packed = deflateRawSync(text)
  if (HEADER_TEXT_AT + packed.length > HEADER_BYTES) return null
  const bytes = new Uint8Array(JOURNAL_BYTES)
  const crc = crc32(text)
  bytes.set(MAGIC)
  const numbers = new DataView(bytes.buffer)
  for (const [index, number] of [packed.length, text.length, crc].entries()) {
    numbers.setUint32(NUMBERS_AT + 4 * index, number, true)
  }
  bytes.set(packed, HEADER_TEXT_AT)
  return { bytes, end: { records: 0, crc } }
}

/** One slot, and where it goes. Null when the journal is full. A record that does not fit a slot is a mistake of ours: tasks
 *  leave a path or a number, nothing longer. */
export function encodeRecord(
  record: JournalRecord,
  after: JournalEnd,
): { readonly offset: number; readonly bytes: Uint8Array; readonly end: JournalEnd } | null {
  if (after.records >= SLOTS) return null
  const text = new TextEncoder().encode(`${JSON.stringify(record)}\n`)
  if (SLOT_TEXT_AT + text.length > SLOT_BYTES) throw new Bug(`a record of the journal has ${text.length} bytes`)
  const number = String(after.records).padStart(6, '0')
  const crc = crcOf(number, text, after)
  const bytes = new Uint8Array(SLOT_BYTES)
  bytes.set(new TextEncoder().encode(`${number} ${hex(crc)} `))
  bytes.set(text, SLOT_TEXT_AT)
  const offset = HEADER_BYTES + after.records * SLOT_BYTES
  return { offset, bytes, end: { records: after.records + 1, crc } }
}

/** What a journal says, up to the first slot that is not whole. Null when it is none, or when its header is torn. */
export function decodeJournal(bytes: Uint8Array): DecodedJournal | null {
  const header = decodeHeader(bytes)
  if (header === null) return null
  const records: JournalRecord[] = []
  let end: JournalEnd = { records: 0, crc: header.crc }
  while (end.records < SLOTS) {
    const offset = HEADER_BYTES + end.records * SLOT_BYTES
    const slot = decodeSlot(bytes.subarray(offset, offset + SLOT_BYTES), end)
    if (slot === null) break
    records.push(slot.record)
    end = slot.end
  }
  return { saved: header.saved, records, end }
}

function decodeHeader(bytes: Uint8Array): { readonly saved: SavedInstall; readonly crc: number } | null {
  if (bytes.length < HEADER_BYTES || !MAGIC.every((byte, index) => bytes[index] === byte)) return null
  const numbers = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [packedBytes, textBytes, crc] = [0, 4, 8].map((at) => numbers.getUint32(NUMBERS_AT + at, true))
  if (packedBytes === undefined || textBytes === undefined || crc === undefined) return null
  if (HEADER_TEXT_AT + packedBytes > HEADER_BYTES) return null
  try {
    const packed = bytes.subarray(HEADER_TEXT_AT, HEADER_TEXT_AT + packedBytes)
    // The length keeps a made-up header from filling the memory.
    const text = inflateRawSync(packed, { maxOutputLength: Math.max(1, Math.min(textBytes, 16 * 1024 * 1024)) })
    if (text.length !== textBytes || crc32(text) !== crc) return null
    const saved = readSaved(JSON.parse(text.toString('utf8')))
    return saved && { saved, crc }
  } catch {
    return null
  }
}

function decodeSlot(
  slot: Uint8Array,
  after: JournalEnd,
): { readonly record: JournalRecord; readonly end: JournalEnd } | null {
  const number = String(after.records).padStart(6, '0')
  const length = slot.indexOf(0x0a, SLOT_TEXT_AT) + 1
  if (slot.length < SLOT_BYTES || length === 0) return null
  const text = slot.subarray(SLOT_TEXT_AT, length)
  const crc = crcOf(number, text, after)
  const head = new TextDecoder('latin1').decode(slot.subarray(0, SLOT_TEXT_AT))
  if (head !== `${number} ${hex(crc)} ` || slot.subarray(length).some((byte) => byte !== 0)) return null
  const record = readRecord(parse(text))
  return record && { record, end: { records: after.records + 1, crc } }
}

function crcOf(number: string, text: Uint8Array, after: JournalEnd): number {
  return crc32(text, crc32(number, after.crc))
}

const hex = (crc: number) => crc.toString(16).padStart(SLOT_TEXT_AT - CRC_AT - 1, '0')

function parse(text: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(text))
  } catch {
    return null
  }
}

/** As far as a reader relies on it; the plan's hash says the rest. */
function readSaved(value: unknown): SavedInstall | null {
  if (!isObject(value) || value.format !== 1 || !isObject(value.plan) || !isObject(value.plan.storage)) return null
  const { installerVersion, startedAt, planHash, answers, confirmation, plan, recoveryKeyHash = '' } = value
  const texts = [installerVersion, startedAt, planHash, answers, plan.hash, plan.hostName, recoveryKeyHash]
  if (!texts.every((text) => typeof text === 'string') || plan.version !== 2) return null
  if (!isObject(confirmation) || !Array.isArray(confirmation.disks)) return null
  if (!isObject(value.plan.storage) || !Array.isArray(value.plan.storage.disks)) return null
  // These are shown, and any disk may have made them up: no control character reaches a terminal.
  if (![installerVersion, startedAt, planHash, plan.hash, plan.hostName].every(isShowable)) return null
  if (!value.plan.storage.disks.every((disk) => isObject(disk) && isShowable(disk.id))) return null
  return value as SavedInstall
}

const SHOWABLE = /^[\x20-\x7e]{0,255}$/
const isShowable = (value: unknown) => typeof value === 'string' && SHOWABLE.test(value)

function readRecord(value: unknown): JournalRecord | null {
  if (!isObject(value) || typeof value.at !== 'string') return null
  const { at, state, task } = value
  if (state === 'installed' || state === 'cancelled') return { at, state }
  if (!isTaskId(task)) return null
  if (state === 'started' || state === 'failed' || state === 'undone') return { at, state, task }
  if (state !== 'finished' || !isObject(value.outputs)) return null
  const outputs = Object.entries(value.outputs).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return { at, state, task, outputs: Object.fromEntries(outputs) }
}

function isTaskId(value: unknown): value is TaskId {
  return TASK_IDS.some((id) => id === value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
