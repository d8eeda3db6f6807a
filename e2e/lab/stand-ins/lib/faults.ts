import { randomFillSync } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { getSystemErrorMessage } from 'node:util'
import { UsageError } from './arguments.ts'

const MIB = 2 ** 20
const FETCH_BYTES = MIB
const FETCH_LIMIT_MS = 15_000
/** Of a store path: what is left free on a disk that ran full is less than one. */
const PIECE_MIB = 8

export class FetchError extends Error {
  override readonly name = 'FetchError'
}

/** In glibc's words; Node has its own. */
const REASONS: Readonly<Record<number, string>> = {
  5: 'Input/output error',
  28: 'No space left on device',
  30: 'Read-only file system',
}

/** What a program of nix's says when a system call fails: `writing to file '/mnt/x': No space left on device`. Null for
 *  errors that are none. */
export function systemErrorText(error: unknown): string | null {
  if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') return null
  const { syscall = '', path = '' } = error as NodeJS.ErrnoException
  const reason = REASONS[-error.errno] ?? getSystemErrorMessage(error.errno)
  return `${syscall === 'write' ? 'writing to file' : syscall} '${path}': ${reason}`
}

/** Takes memory and keeps it until this process ends. The kernel may end it first: that is what it is for. */
export async function eatMemory(mib: number): Promise<void> {
  for (let eaten = 0; eaten < mib; eaten += 16) {
    // Filled: what is only asked for takes nothing.
    EATEN.push(Buffer.alloc(16 * MIB, 1))
    await turn()
  }
}
const EATEN: Buffer[] = []

/** Writes so much to the store, flushed piece by piece, and removes it. Where it does not fit the last piece goes, as nix
 *  removes the path it could not write, and the others stay. */
export async function fillStore(store: string, mib: number): Promise<void> {
  if (mib === 0) return
  const folder = join(store, 'nix/store/.lab-filler')
  mkdirSync(folder, { recursive: true })
  // Noise: zeros would be compressed to nothing.
  const bytes = randomFillSync(Buffer.alloc(MIB))
  for (let piece = 0; piece * PIECE_MIB < mib; piece += 1) {
    const path = join(folder, String(piece))
    const file = openSync(path, 'w')
    try {
      for (let part = 0; part < Math.min(PIECE_MIB, mib - piece * PIECE_MIB); part += 1) {
        bytes.writeUInt32LE(piece * PIECE_MIB + part)
        for (let done = 0; done < MIB; ) done += writeSync(file, bytes, done)
        await turn()
      }
      fsyncSync(file)
    } catch (error) {
      rmSync(path, { force: true })
      throw Object.assign(error as Error, { path })
    } finally {
      closeSync(file)
    }
  }
  rmSync(folder, { recursive: true })
}

/** Downloads one path's worth. @throws FetchError in the words of nix and curl. */
export async function fetchFrom(server: string, path: string, limitMs = FETCH_LIMIT_MS): Promise<void> {
  const [host = '', port] = server.split(':')
  const fail = (reason: string) => new FetchError(`unable to download 'http://${server}${path}': ${reason}`)
  await new Promise<void>((resolve, reject) => {
    let received = 0
    const socket = connect({ host, port: Number(port) })
    const limit = setTimeout(() => socket.destroy(fail('Timeout was reached (28)')), limitMs)
    socket.on('data', (chunk) => {
      received += chunk.length
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error instanceof FetchError) return reject(error)
      const isName = error.syscall === 'getaddrinfo'
      reject(
        fail(
          isName
            ? `Could not resolve hostname (6) Could not resolve host: ${host}`
            : `Could not connect to server (7) ${error.code}`,
        ),
      )
    })
    socket.on('close', () => {
      clearTimeout(limit)
      if (received >= FETCH_BYTES) resolve()
      else reject(fail(`Transferred a partial file (18) end of response with ${FETCH_BYTES - received} bytes missing`))
    })
  })
}

/** `NAME:CODE`: says what is in streams/NAME.txt on stderr, and gives the code. */
export function replay(what: string): number {
  const [name, code] = what.split(':')
  const file = fileURLToPath(new URL(`../streams/${name}.txt`, import.meta.url))
  if (!existsSync(file)) throw new UsageError(`the lab has no recorded stream ${name}`)
  process.stderr.write(readFileSync(file))
  return Number(code)
}
