import { appendFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { connectUnix, onLines } from './connect.ts'

export type QmpEvent = { event: string; data?: Record<string, unknown> }

type Reply = { return?: unknown; error?: { class: string; desc: string }; id?: number }
type Waiting = { resolve: (value: unknown) => void; reject: (error: Error) => void; command: string }

/** QEMU's control socket. Everything said and heard goes to a log file. */
export class Qmp {
  readonly #socket: Socket
  readonly #logFile: string
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Set<(event: QmpEvent) => void>()
  readonly #events: QmpEvent[] = []
  #nextId = 1

  private constructor(socket: Socket, logFile: string) {
    this.#socket = socket
    this.#logFile = logFile
    onLines(socket, (line) => this.#onLine(line))
    socket.on('close', () => {
      for (const { reject, command } of this.#waiting.values()) reject(new Error(`QEMU went away during ${command}`))
      this.#waiting.clear()
    })
  }

  static async connect(path: string, logFile: string): Promise<Qmp> {
    const qmp = new Qmp(await connectUnix(path), logFile)
    await qmp.execute('qmp_capabilities')
    return qmp
  }

  /** Runs one command and gives its `return`. Throws with QEMU's own words. */
  execute(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, command })
      this.#say(JSON.stringify({ execute: command, arguments: args, id }))
    })
  }

  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The events of this process so far, oldest first. */
  get events(): readonly QmpEvent[] {
    return this.#events
  }

  close(): void {
    this.#socket.destroy()
  }

  #say(line: string): void {
    appendFileSync(this.#logFile, `> ${line}\n`)
    this.#socket.write(`${line}\n`)
  }

  #onLine(line: string): void {
    appendFileSync(this.#logFile, `< ${line}\n`)
    const message = JSON.parse(line) as Reply & Partial<QmpEvent>
    if (message.event) {
      const event = message as QmpEvent
      this.#events.push(event)
      for (const listener of [...this.#listeners]) listener(event)
      return
    }
    const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id)
    if (!waiting || message.id === undefined) return
    this.#waiting.delete(message.id)
    if (message.error) waiting.reject(new Error(`QMP ${waiting.command}: ${message.error.desc}`))
    else waiting.resolve(message.return)
  }
}
