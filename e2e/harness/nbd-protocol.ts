/** The part of the NBD protocol that QEMU's client and qemu-io speak: fixed newstyle, simple replies.
 *  Source: the protocol's text, github.com/NetworkBlockDevice/nbd doc/proto.md. */

const HANDSHAKE = { fixedNewstyle: 1, noZeroes: 2 }
const OPTION = { abort: 2, info: 6, go: 7 }
const OPTION_MAGIC = 0x3e889045565a9n
const OPTION_REPLY = { ack: 1, info: 3, unsupported: 0x80000001 }
const INFO = { export: 0, blockSize: 3 }
const TRANSMISSION = { hasFlags: 1, flush: 4, fua: 8, trim: 32, writeZeroes: 64 }
const REPLY_MAGIC = 0x67446698
const FUA = 1
const LARGEST_REQUEST = 32 * 2 ** 20

export type NbdRequest = {
  /** `zeros`: TRIM too, whose content nobody may count on. */
  readonly kind: 'read' | 'write' | 'flush' | 'zeros' | 'disconnect' | 'unknown'
  readonly cookie: Buffer
  readonly offset: number
  readonly length: number
  readonly data: Buffer
  readonly isDurable: boolean
}

const KINDS: Readonly<Record<number, NbdRequest['kind']>> = {
  0: 'read',
  1: 'write',
  2: 'disconnect',
  3: 'flush',
  4: 'zeros',
  6: 'zeros',
}

/** What the server says first. */
export function greeting(): Buffer {
  const bytes = Buffer.alloc(18)
  bytes.write('NBDMAGICIHAVEOPT')
  bytes.writeUInt16BE(HANDSHAKE.fixedNewstyle | HANDSHAKE.noZeroes, 16)
  return bytes
}

/** `error`: an errno as NBD numbers them (as Linux does), 0 for none. */
export function reply(cookie: Buffer, error: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(16)
  head.writeUInt32BE(REPLY_MAGIC, 0)
  head.writeUInt32BE(error, 4)
  cookie.copy(head, 8)
  return data.length === 0 ? head : Buffer.concat([head, data])
}

type Phase = 'flags' | 'options' | 'requests' | 'over'

/** Reads what a client sends, in pieces of any size. */
export class NbdReader {
  readonly #sizeBytes: number
  readonly #answer: (bytes: Buffer) => void
  readonly #onRequest: (request: NbdRequest) => void
  #phase: Phase = 'flags'
  #chunks: Buffer[] = []
  #held = 0
  /** How many bytes must be there before it is worth looking again. */
  #wanted = 4

  constructor(sizeBytes: number, answer: (bytes: Buffer) => void, onRequest: (request: NbdRequest) => void) {
    this.#sizeBytes = sizeBytes
    this.#answer = answer
    this.#onRequest = onRequest
  }

  get isOver(): boolean {
    return this.#phase === 'over'
  }

  feed(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    while (this.#held >= this.#wanted && !this.isOver) {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
      const used = this.#take(bytes)
      const rest = bytes.subarray(used)
      this.#chunks = rest.length > 0 ? [rest] : []
      this.#held = rest.length
    }
  }

  /** Takes one message when it is whole; says how many bytes it had. */
  #take(bytes: Buffer): number {
    if (this.#phase === 'flags') return this.#used(4, 'options', 16)
    if (this.#phase === 'options') return this.#takeOption(bytes)
    return this.#takeRequest(bytes)
  }

  #used(count: number, phase: Phase, wanted: number): number {
    this.#phase = phase
    this.#wanted = wanted
    return count
  }

  #takeOption(bytes: Buffer): number {
    const option = bytes.readUInt32BE(8)
    const end = 16 + bytes.readUInt32BE(12)
    if (bytes.length < end) return this.#used(0, 'options', end)
    if (option === OPTION.go || option === OPTION.info) {
      this.#sayInfo(option)
      this.#sayOption(option, OPTION_REPLY.ack)
      return option === OPTION.go ? this.#used(end, 'requests', 28) : this.#used(end, 'options', 16)
    }
    this.#sayOption(option, option === OPTION.abort ? OPTION_REPLY.ack : OPTION_REPLY.unsupported)
    return this.#used(end, option === OPTION.abort ? 'over' : 'options', 16)
  }

  #takeRequest(bytes: Buffer): number {
    const flags = bytes.readUInt16BE(4)
    const kind = KINDS[bytes.readUInt16BE(6)] ?? 'unknown'
    const length = bytes.readUInt32BE(24)
    const end = 28 + (kind === 'write' ? length : 0)
    if (bytes.length < end) return this.#used(0, 'requests', end)
    const [cookie, data] = [Buffer.from(bytes.subarray(8, 16)), bytes.subarray(28, end)]
    const offset = Number(bytes.readBigUInt64BE(16))
    this.#onRequest({ kind, cookie, offset, length, data, isDurable: (flags & FUA) !== 0 })
    return this.#used(end, kind === 'disconnect' ? 'over' : 'requests', 28)
  }

  #sayInfo(option: number): void {
    const disk = Buffer.alloc(12)
    disk.writeUInt16BE(INFO.export, 0)
    disk.writeBigUInt64BE(BigInt(this.#sizeBytes), 2)
    const { hasFlags, flush, fua, trim, writeZeroes } = TRANSMISSION
    disk.writeUInt16BE(hasFlags | flush | fua | trim | writeZeroes, 10)
    this.#sayOption(option, OPTION_REPLY.info, disk)
    const blocks = Buffer.alloc(14)
    blocks.writeUInt16BE(INFO.blockSize, 0)
    for (const [index, size] of [1, 4096, LARGEST_REQUEST].entries()) blocks.writeUInt32BE(size, 2 + 4 * index)
    this.#sayOption(option, OPTION_REPLY.info, blocks)
  }

  #sayOption(option: number, type: number, data: Buffer = Buffer.alloc(0)): void {
    const head = Buffer.alloc(20)
    head.writeBigUInt64BE(OPTION_MAGIC, 0)
    head.writeUInt32BE(option, 8)
    head.writeUInt32BE(type, 12)
    head.writeUInt32BE(data.length, 16)
    this.#answer(Buffer.concat([head, data]))
  }
}
