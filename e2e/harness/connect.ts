import { createConnection, type Socket } from 'node:net'

/** Connects to a unix socket; rejects when nobody listens. */
export function connectUnix(path: string): Promise<Socket> {
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
