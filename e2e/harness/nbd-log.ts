import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

/** One write as it came. `dataAt`: place of its bytes in the log's file; null: zeros (NBD's TRIM and WRITE_ZEROES). */
export type LoggedWrite = {
  readonly offset: number
  readonly length: number
  readonly dataAt: number | null
  /** It was on the disk when it was answered, without a flush. */
  readonly isDurable: boolean
}

/** Counted from 1. `writesBefore`: how many writes came before it. `atMs`: since the log was begun. */
export type LoggedFlush = { readonly index: number; readonly atMs: number; readonly writesBefore: number }
export type LoggedMark = {
  readonly name: string
  readonly atMs: number
  readonly writesBefore: number
  readonly flushesBefore: number
}
/** The power went: of what was not flushed only a choice is left. */
export type LoggedLoss = {
  readonly keep: Keep
  readonly seed: number
  readonly writesBefore: number
  readonly flushesBefore: number
}
export type Keep = 'none' | 'random'

/** All that happened to a disk. The bytes are in `file`, the list of what happened is in `file`.index. */
export type NbdLog = {
  readonly file: string
  readonly sizeBytes: number
  readonly writes: readonly LoggedWrite[]
  readonly flushes: readonly LoggedFlush[]
  readonly marks: readonly LoggedMark[]
  readonly losses: readonly LoggedLoss[]
}

const RECORD_BYTES = 32
const KIND = { disk: 1, write: 2, zeros: 3, flush: 4, mark: 5, loss: 6 } as const
type Kind = (typeof KIND)[keyof typeof KIND]
type RecordFields = {
  readonly kind: Kind
  readonly flag?: boolean
  readonly length?: number
  readonly offset?: number
  readonly dataAt?: number
  readonly extra?: number
}

/** A log that grows: the one of a disk in use. */
export class NbdLogWriter implements NbdLog {
  readonly file: string
  readonly sizeBytes: number
  readonly writes: LoggedWrite[] = []
  readonly flushes: LoggedFlush[] = []
  readonly marks: LoggedMark[] = []
  readonly losses: LoggedLoss[] = []
  readonly #data: number
  readonly #index: number
  readonly #begunAt = performance.now()
  #end = 0

  constructor(file: string, sizeBytes: number, hasBase: boolean) {
    this.file = file
    this.sizeBytes = sizeBytes
    this.#data = openSync(file, 'w+', 0o600)
    this.#index = openSync(indexOf(file), 'w', 0o600)
    this.#record({ kind: KIND.disk, offset: sizeBytes, flag: hasBase })
  }

  /** Gives the write's number. */
  write(offset: number, data: Buffer, isDurable: boolean): number {
    const dataAt = this.#keep(data)
    this.#record({ kind: KIND.write, offset, length: data.length, dataAt, flag: isDurable })
    return this.writes.push({ offset, length: data.length, dataAt, isDurable }) - 1
  }

  zeros(offset: number, length: number, isDurable: boolean): number {
    this.#record({ kind: KIND.zeros, offset, length, flag: isDurable })
    return this.writes.push({ offset, length, dataAt: null, isDurable }) - 1
  }

  flush(): void {
    const atMs = this.#record({ kind: KIND.flush })
    this.flushes.push({ index: this.flushes.length + 1, atMs, writesBefore: this.writes.length })
  }

  mark(name: string): void {
    const text = Buffer.from(name)
    const atMs = this.#record({ kind: KIND.mark, dataAt: this.#keep(text), length: text.length })
    this.marks.push({ name, atMs, ...this.#counts() })
  }

  loss(keep: Keep, seed: number): void {
    this.#record({ kind: KIND.loss, flag: keep === 'random', extra: seed })
    this.losses.push({ keep, seed, ...this.#counts() })
  }

  /** Reads bytes of writes back. */
  read(into: Buffer, dataAt: number): void {
    readFully(this.#data, into, dataAt)
  }

  close(): void {
    closeSync(this.#data)
    closeSync(this.#index)
  }

  #counts() {
    return { writesBefore: this.writes.length, flushesBefore: this.flushes.length }
  }

  #keep(data: Buffer): number {
    const at = this.#end
    writeFully(this.#data, data, at)
    this.#end += data.length
    return at
  }

  /** Gives the time that it wrote down. */
  #record({ kind, flag = false, length = 0, offset = 0, dataAt = 0, extra = 0 }: RecordFields): number {
    const atMs = Math.round(performance.now() - this.#begunAt)
    const bytes = Buffer.alloc(RECORD_BYTES)
    bytes.writeUInt8(kind, 0)
    bytes.writeUInt8(flag ? 1 : 0, 1)
    bytes.writeUInt32LE(length, 4)
    bytes.writeDoubleLE(offset, 8)
    bytes.writeDoubleLE(dataAt, 16)
    bytes.writeUInt32LE(atMs, 24)
    bytes.writeUInt32LE(extra >>> 0, 28)
    writeFully(this.#index, bytes, null)
    return atMs
  }
}

/** Reads a log that an earlier disk left. Throws when it is none, or when that disk itself began on another log. */
export async function readNbdLog(file: string): Promise<NbdLog> {
  const bytes = await readFile(indexOf(file))
  const data = openSync(file, 'r')
  try {
    const log = { file, sizeBytes: 0, writes: [], flushes: [], marks: [], losses: [] } as Growing
    // A record that was being written when the process ended is not whole: it did not happen.
    for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
      addRecord(log, bytes.subarray(at, at + RECORD_BYTES), data)
    }
    if (log.sizeBytes === 0) throw new Error(`${file} is not the log of a disk`)
    return log
  } finally {
    closeSync(data)
  }
}

type Growing = { -readonly [Key in keyof NbdLog]: NbdLog[Key] extends readonly (infer One)[] ? One[] : NbdLog[Key] }

function addRecord(log: Growing, record: Buffer, data: number): void {
  const kind = record.readUInt8(0)
  const flag = record.readUInt8(1) === 1
  const length = record.readUInt32LE(4)
  const offset = record.readDoubleLE(8)
  const dataAt = record.readDoubleLE(16)
  const atMs = record.readUInt32LE(24)
  const counts = { writesBefore: log.writes.length, flushesBefore: log.flushes.length }
  if (kind === KIND.disk) {
    if (flag) throw new Error(`${log.file} began on another log: only the log of a disk that began blank can be cut`)
    log.sizeBytes = offset
  } else if (kind === KIND.write) log.writes.push({ offset, length, dataAt, isDurable: flag })
  else if (kind === KIND.zeros) log.writes.push({ offset, length, dataAt: null, isDurable: flag })
  else if (kind === KIND.flush)
    log.flushes.push({ index: log.flushes.length + 1, atMs, writesBefore: log.writes.length })
  else if (kind === KIND.mark) {
    const name = Buffer.alloc(length)
    readFully(data, name, dataAt)
    log.marks.push({ name: name.toString(), atMs, ...counts })
  } else if (kind === KIND.loss)
    log.losses.push({ keep: flag ? 'random' : 'none', seed: record.readUInt32LE(28), ...counts })
  else throw new Error(`${log.file} has a record of an unknown kind: ${kind}`)
}

const indexOf = (file: string) => `${file}.index`

/** One call may read or write less than asked. */
export function readFully(file: number, into: Buffer, position: number): void {
  for (let done = 0; done < into.length; ) {
    const count = readSync(file, into, done, into.length - done, position + done)
    if (count === 0) throw new Error(`the log ends at ${position + done}, before what its index names`)
    done += count
  }
}

function writeFully(file: number, data: Buffer, position: number | null): void {
  for (let done = 0; done < data.length; ) {
    done += writeSync(file, data, done, data.length - done, position === null ? null : position + done)
  }
}
