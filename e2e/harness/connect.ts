import { createConnection, type Socket } from 'node:net'

/** A server's socket is there a moment before it listens. */
const LISTENS_WITHIN_MS = 2000

/** Connects to a unix socket; rejects when nobody listens. */
export async function connectUnix(path: string): Promise<Socket> {
  const end = Date.now() + LISTENS_WITHIN_MS
  for (;;) {
    try {
      return await connectOnce(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED' || Date.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

function connectOnce(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      // A QEMU that is killed resets its sockets: the close that follows is what we act on.
      socket.on('error', () => {})
      resolve(socket)
    })
  })
}

/** Calls back with each line a socket sends, without its newline. */
export function onLines(socket: Socket, listener: (line: string) => void): void {
  let parts: string[] = []
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    const lines = chunk.split('\n')
    while (lines.length > 1) {
      parts.push(lines.shift() ?? '')
      listener(parts.join(''))
      parts = []
    }
    parts.push(lines[0] ?? '')
  })
}
