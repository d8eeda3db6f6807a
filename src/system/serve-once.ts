import { randomInt, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ServedOnce = {
  /** With the code: `http://192.0.2.7:8617/kwpmrhtz`. */
  readonly url: string
  readonly code: string
  /** True when it was fetched, false when the time was over or it was stopped before. */
  readonly taken: Promise<boolean>
  stop(): void
}

/** Without those that look alike on a bad screen. */
const LETTERS = 'abcdefghkmnprstuwxyz'
const CODE_LENGTH = 8
/** Of 20^8; nobody who guesses gets near it in ten minutes, and a machine that tries is cut off. */
const MOST_WRONG = 1000

/** Serves some bytes by HTTP on one address, to the first who names the code; then, or when the time is over, the port is
 *  closed. A wrong path is a 404 and changes nothing, and a download that breaks off does not count. Throws what node throws
 *  when the address cannot be listened on. */
export async function serveOnce(
  content: Uint8Array,
  options: {
    readonly address: string
    /** Another one is taken when it is in use. */
    readonly port: number
    /** What the file is called where it is saved. */
    readonly name: string
    readonly timeoutMs: number
    readonly signal?: AbortSignal
  },
): Promise<ServedOnce> {
  const { address, name, timeoutMs, signal } = options
  const code = Array.from({ length: CODE_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
  let resolve: (wasTaken: boolean) => void = () => {}
  const taken = new Promise<boolean>((settle) => {
    resolve = settle
  })
  let isBusy = false
  let wrong = 0

  const end = (wasTaken: boolean) => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
    server.close()
    // What is sent already arrives all the same.
    if (wasTaken) server.closeIdleConnections()
    else server.closeAllConnections()
    resolve(wasTaken)
  }
  const stop = () => end(false)

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('connection', 'close')
    response.setHeader('cache-control', 'no-store')
    const isRight = request.method === 'GET' && isSame(request.url ?? '', `/${code}`)
    // Only one at a time, so that it cannot be fetched twice at once.
    if (!isRight || isBusy) {
      response.writeHead(404).end()
      wrong += isRight ? 0 : 1
      if (wrong >= MOST_WRONG) stop()
      return
    }
    isBusy = true
    let isSent = false
    response.on('finish', () => {
      isSent = true
    })
    response.on('close', () => {
      isBusy = false
      if (isSent) end(true)
    })
    response.writeHead(200, {
      'content-type': 'application/gzip',
      'content-length': content.length,
      'content-disposition': `attachment; filename="${name}"`,
    })
    response.end(content)
  }

  const server = createServer(answer)
  const port = await listen(server, address, options.port)
  const timer = setTimeout(stop, timeoutMs)
  if (signal?.aborted) stop()
  else signal?.addEventListener('abort', stop, { once: true })
  const host = address.includes(':') ? `[${address}]` : address
  return { url: `http://${host}:${port}/${code}`, code, taken, stop }
}

async function listen(server: ReturnType<typeof createServer>, address: string, port: number): Promise<number> {
  const tryPort = (which: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: address, port: which }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  try {
    await tryPort(port)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    await tryPort(0)
  }
  return (server.address() as AddressInfo).port
}

/** Takes as long for a nearly right one as for any other. */
function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
