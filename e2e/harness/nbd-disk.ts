import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import type { NbdCut } from './nbd-cut.ts'
import type { Keep, NbdLog } from './nbd-log.ts'
import { greeting, NbdReader, type NbdRequest, reply } from './nbd-protocol.ts'
import { NbdStore } from './nbd-store.ts'

/** What goes wrong, for requests of one kind that reach `fromByte` or beyond it (zeros count as writes). `errno` alone: they
 *  fail with it, EIO when nothing else is said. `drop`: they are answered as if done, and are not. `stall`: they get no
 *  answer until the rules change. */
export type NbdRule = {
  readonly on: 'read' | 'write' | 'flush'
  readonly fromByte?: number
  readonly errno?: number
  readonly stall?: boolean
  readonly drop?: boolean
}

/** A disk whose every write and flush is known, and which forgets what was not flushed when the power goes. */
export type NbdDisk = {
  readonly socket: string
  /** As far as it has come; it grows. */
  log(): NbdLog
  /** Names this moment in the log: a task that starts, say. */
  mark(name: string): void
  /** Instead of the rules so far; null: the disk is well. What was stalled goes on. */
  rule(rules: NbdRule | readonly NbdRule[] | null): void
  /** Resolves as soon as a request waits for the rules to change. */
  stalled(): Promise<void>
  /** How many writes came, zeros too. */
  writesTo(): number
  /** What was not flushed is lost; with `random` a choice by the seed stays. Waits until its client is
   *  gone, for the machine must be off. */
  powerLoss(keep: Keep, seed: number): Promise<void>
  close(): Promise<void>
}

export type NbdOptions = {
  /** A unix socket's path has 107 bytes at most. */
  readonly socket: string
  /** What the disk says it has. */
  readonly sizeBytes: number
  /** Begun anew; its list goes beside it. */
  readonly logFile: string
  /** What it starts as; zeros otherwise. */
  readonly base?: { readonly log: NbdLog; readonly cut: NbdCut }
  /** What it really has: beyond that it fails with EIO, or drops writes in silence as a forged stick does. */
  readonly really?: { readonly bytes: number; readonly beyond: 'error' | 'drop' }
}

const EIO = 5
const EINVAL = 22

/** Serves a disk to QEMU on a unix socket, from this process: it must not be kept busy, the guest waits for it. */
export async function serveNbd({ socket, sizeBytes, logFile, base, really }: NbdOptions): Promise<NbdDisk> {
  const store = new NbdStore(logFile, sizeBytes, base)
  const always = really ? beyondTheEnd(really) : []
  const clients = new Set<Socket>()
  let rules: readonly NbdRule[] = []
  let stalled: (() => void)[] = []
  const onStall: (() => void)[] = []

  const handle = (client: Socket, request: NbdRequest): void => {
    if (client.destroyed) return
    const rule = [...always, ...rules].find((one) => isFor(one, request))
    if (rule?.stall) {
      stalled.push(() => handle(client, request))
      for (const tell of onStall.splice(0)) tell()
      return
    }
    const { error = 0, data } = answerTo(store, request, rule)
    client.write(reply(request.cookie, error, data))
  }

  const server = createServer((client) => {
    clients.add(client)
    const reader = new NbdReader(
      sizeBytes,
      (bytes) => client.write(bytes),
      (request) => {
        if (request.kind !== 'disconnect') handle(client, request)
      },
    )
    client.on('data', (chunk) => {
      reader.feed(chunk)
      if (reader.isOver) client.end()
    })
    // A QEMU that is killed resets its sockets.
    client.on('error', () => {})
    client.on('close', () => clients.delete(client))
    client.write(greeting())
  })
  await rm(socket, { force: true })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve))

  return {
    socket,
    log: () => store.log,
    mark: (name) => store.log.mark(name),
    rule(next) {
      rules = next === null ? [] : [next].flat()
      const held = stalled
      stalled = []
      for (const goOn of held) goOn()
    },
    stalled: () => (stalled.length > 0 ? Promise.resolve() : new Promise((resolve) => void onStall.push(resolve))),
    writesTo: () => store.log.writes.length,
    async powerLoss(keep, seed) {
      // What a killed QEMU had sent still comes in.
      await Promise.all([...clients].map((client) => new Promise((resolve) => client.once('close', resolve))))
      stalled = []
      store.powerLoss(keep, seed)
    },
    async close() {
      if (!server.listening) return
      for (const client of clients) client.destroy()
      await new Promise((resolve) => server.close(resolve))
      store.close()
    },
  }
}

function answerTo(store: NbdStore, request: NbdRequest, rule: NbdRule | undefined): { error?: number; data?: Buffer } {
  const { kind, offset, length } = request
  if (kind === 'unknown' || offset + length > store.log.sizeBytes) return { error: EINVAL }
  if (rule && !rule.drop) return { error: rule.errno ?? EIO }
  if (kind === 'read') return { data: rule ? Buffer.alloc(length) : store.read(offset, length) }
  const done = rule ? withinReach(request, rule) : request
  if (done) perform(store, done)
  return {}
}

function perform(store: NbdStore, { kind, offset, length, data, isDurable }: NbdRequest): void {
  if (kind === 'flush') store.flush()
  else if (length === 0) return
  else if (kind === 'zeros') store.zeros(offset, length, isDurable)
  else if (kind === 'write') store.write(offset, data, isDurable)
}

function isFor({ on, fromByte = 0 }: NbdRule, { kind, offset, length }: NbdRequest): boolean {
  if (kind === 'flush') return on === 'flush'
  return on === (kind === 'zeros' ? 'write' : kind) && offset + length > fromByte
}

/** What of a request a rule lets through: a dropped write's beginning, up to where the rule begins. */
function withinReach(request: NbdRequest, { fromByte = 0 }: NbdRule): NbdRequest | undefined {
  const length = fromByte - request.offset
  if (request.kind === 'flush' || length <= 0) return undefined
  return { ...request, length, data: request.data.subarray(0, length) }
}

const beyondTheEnd = ({ bytes, beyond }: { bytes: number; beyond: 'error' | 'drop' }): readonly NbdRule[] =>
  (['read', 'write'] as const).map((on) => ({ on, fromByte: bytes, ...(beyond === 'drop' && { drop: true }) }))
