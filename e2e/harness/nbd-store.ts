import { closeSync, openSync } from 'node:fs'
import { type Fate, fateAtCut, loseUnflushed, type NbdCut } from './nbd-cut.ts'
import { type Keep, type LoggedWrite, type NbdLog, NbdLogWriter, readFully } from './nbd-log.ts'

/** What blocks are listed by; no write need keep to it. */
const BLOCK_BYTES = 4096

/** Block -> numbers of the writes that touch it, rising. */
type WritesOfBlocks = Map<number, number[]>
type Piece = { at: number; length: number; source: 'own' | 'base' | 'zeros'; dataAt: number }
type Range = readonly [start: number, end: number]

type Layer = {
  readonly source: 'own' | 'base'
  readonly writes: readonly LoggedWrite[]
  readonly blocks: WritesOfBlocks
  readonly fate: Fate
}

// Many machines are cut out of one log.
const blocksOfLog = new WeakMap<NbdLog, WritesOfBlocks>()

/** A disk's content: what was written to it, over another log that was cut, or over zeros. No image is ever copied. */
export class NbdStore {
  readonly log: NbdLogWriter
  readonly #own: WritesOfBlocks = new Map()
  readonly #fate = { end: Number.POSITIVE_INFINITY, lost: new Set<number>(), torn: new Map<number, number>() }
  readonly #layers: readonly Layer[]
  readonly #baseFile: number | undefined

  constructor(logFile: string, sizeBytes: number, base?: { log: NbdLog; cut: NbdCut }) {
    if (base && base.log.sizeBytes > sizeBytes)
      throw new Error(`a disk of ${sizeBytes} bytes cannot hold one of ${base.log.sizeBytes}`)
    if (base?.log.file === logFile) throw new Error(`${logFile} cannot be read and begun anew`)
    const below = base && cutLayer(base.log, base.cut)
    this.#baseFile = base && openSync(base.log.file, 'r')
    this.log = new NbdLogWriter(logFile, sizeBytes, base !== undefined)
    this.#layers = [
      { source: 'own', writes: this.log.writes, blocks: this.#own, fate: this.#fate },
      ...(below ? [below] : []),
    ]
  }

  write(offset: number, data: Buffer, isDurable = false): void {
    listWrite(this.#own, this.log.write(offset, data, isDurable), offset, data.length)
  }

  zeros(offset: number, length: number, isDurable = false): void {
    const number = this.log.zeros(offset, length, isDurable)
    listZeros(
      this.#layers.map(({ blocks }) => blocks),
      number,
      offset,
      length,
    )
  }

  flush(): void {
    this.log.flush()
  }

  /** Forgets what was not flushed. */
  powerLoss(keep: Keep, seed: number): void {
    this.log.loss(keep, seed)
    loseUnflushed(this.log, this.#fate)
  }

  read(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length)
    for (const piece of this.#find(offset, length)) {
      const part = bytes.subarray(piece.at - offset, piece.at - offset + piece.length)
      if (piece.source === 'own') this.log.read(part, piece.dataAt)
      else if (piece.source === 'base' && this.#baseFile !== undefined) readFully(this.#baseFile, part, piece.dataAt)
    }
    return bytes
  }

  close(): void {
    this.log.close()
    if (this.#baseFile !== undefined) closeSync(this.#baseFile)
  }

  #find(offset: number, length: number): Piece[] {
    const pieces: Piece[] = []
    const end = offset + length
    for (let at = offset; at < end; ) {
      const next = Math.min(end, (Math.floor(at / BLOCK_BYTES) + 1) * BLOCK_BYTES)
      for (const piece of this.#findInBlock(at, next)) addPiece(pieces, piece)
      at = next
    }
    return pieces
  }

  /** From the newest write to the oldest, until each byte has its source. */
  #findInBlock(start: number, end: number): Piece[] {
    const block = Math.floor(start / BLOCK_BYTES)
    const found: Piece[] = []
    let open: Range[] = [[start, end]]
    for (const { source, writes, blocks, fate } of this.#layers) {
      const numbers = blocks.get(block)
      if (numbers === undefined) continue
      for (let index = countBelow(numbers, fate.end) - 1; index >= 0 && open.length > 0; index -= 1) {
        const number = numbers[index] as number
        if (fate.lost.has(number)) continue
        const { offset, length, dataAt } = writes[number] as LoggedWrite
        const until = offset + (fate.torn.get(number) ?? length)
        open = open.flatMap(([from, to]) => {
          const [left, right] = [Math.max(from, offset), Math.min(to, until)]
          if (left >= right) return [[from, to] as Range]
          const place =
            dataAt === null ? { source: 'zeros' as const, dataAt: 0 } : { source, dataAt: dataAt + left - offset }
          found.push({ at: left, length: right - left, ...place })
          return (
            [
              [from, left],
              [right, to],
            ] as Range[]
          ).filter(([a, b]) => a < b)
        })
      }
    }
    return found.sort((a, b) => a.at - b.at)
  }
}

function cutLayer(log: NbdLog, cut: NbdCut): Layer {
  let blocks = blocksOfLog.get(log)
  if (blocks === undefined) {
    blocks = new Map()
    for (const [number, { offset, length, dataAt }] of log.writes.entries()) {
      if (dataAt === null) listZeros([blocks], number, offset, length)
      else listWrite(blocks, number, offset, length)
    }
    // One that still grows would be listed once and for all.
    if (!(log instanceof NbdLogWriter)) blocksOfLog.set(log, blocks)
  }
  return { source: 'base', writes: log.writes, blocks, fate: fateAtCut(log, cut) }
}

function listWrite(blocks: WritesOfBlocks, number: number, offset: number, length: number): void {
  const last = Math.floor((offset + length - 1) / BLOCK_BYTES)
  for (let block = Math.floor(offset / BLOCK_BYTES); block <= last; block += 1) listInBlock(blocks, number, block)
}

/** Zeros count only where something was written before: mkfs discards whole disks, millions of blocks at once. */
function listZeros(layers: readonly WritesOfBlocks[], number: number, offset: number, length: number): void {
  const own = layers[0] as WritesOfBlocks
  const first = Math.floor(offset / BLOCK_BYTES)
  const last = Math.floor((offset + length - 1) / BLOCK_BYTES)
  const written = layers.reduce((sum, { size }) => sum + size, 0)
  if (last - first < written) {
    for (let block = first; block <= last; block += 1)
      if (layers.some((blocks) => blocks.has(block))) listInBlock(own, number, block)
    return
  }
  const touched = new Set(
    layers.flatMap((blocks) => [...blocks.keys()].filter((block) => block >= first && block <= last)),
  )
  for (const block of touched) listInBlock(own, number, block)
}

function listInBlock(blocks: WritesOfBlocks, number: number, block: number): void {
  const numbers = blocks.get(block)
  if (numbers === undefined) blocks.set(block, [number])
  else numbers.push(number)
}

/** How many of the rising numbers are below the limit. */
function countBelow(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((numbers[middle] as number) < limit) low = middle + 1
    else high = middle
  }
  return low
}

/** Pieces that follow each other on the disk and in the file are read at once. */
function addPiece(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1)
  const isNext =
    last?.source === piece.source && last.at + last.length === piece.at && last.dataAt + last.length === piece.dataAt
  if (last && isNext) last.length += piece.length
  else pieces.push({ ...piece })
}
