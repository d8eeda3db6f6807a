import type { Socket } from 'node:net'
import { connectUnix } from './connect.ts'
import type { Lane } from './lane.ts'
import type { Size } from './screen.ts'

/** The machine's first serial line as a lane. It outlives a reboot: each boot attaches its own socket, and the screen
 *  goes on where it was, as a terminal at the other end of a cable would. */
export class SerialLane implements Lane {
  readonly name = 'ttyS0'
  // The UART takes 8 bytes at a time: keys in a row get torn apart. The wizard answers a key in 100 to 200 ms.
  readonly paceMs = 300
  readonly #resize: (size: Size) => Promise<void>
  readonly #dataListeners = new Set<(data: Uint8Array) => void>()
  readonly #endListeners = new Set<(reason: string) => void>()
  readonly #beginListeners = new Set<() => void>()
  #socket: Socket | undefined

  constructor(resize: (size: Size) => Promise<void>) {
    this.#resize = resize
  }

  async attach(path: string): Promise<void> {
    const socket = await connectUnix(path)
    this.#socket = socket
    for (const listener of this.#beginListeners) listener()
    socket.on('data', (data) => {
      for (const listener of this.#dataListeners) listener(data)
    })
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined
    })
  }

  /** Keys pressed while the machine is off go nowhere, as with a real cable. */
  write(data: string): void {
    this.#socket?.write(data)
  }

  onData(listener: (data: Uint8Array) => void): void {
    this.#dataListeners.add(listener)
  }

  /** Like onData, and gives the way to stop. */
  addOutput(listener: (data: Uint8Array) => void): () => void {
    this.#dataListeners.add(listener)
    return () => this.#dataListeners.delete(listener)
  }

  onEnd(listener: (reason: string) => void): void {
    this.#endListeners.add(listener)
  }

  onBegin(listener: () => void): void {
    this.#beginListeners.add(listener)
  }

  offBegin(listener: () => void): void {
    this.#beginListeners.delete(listener)
  }

  resize(size: Size): Promise<void> {
    return this.#resize(size)
  }

  /** Nothing comes until the next boot attaches. */
  end(reason: string): void {
    for (const listener of this.#endListeners) listener(reason)
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }
}
