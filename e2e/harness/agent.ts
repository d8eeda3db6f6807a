import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { connectUnix, onLines } from './connect.ts'

export type CommandResult = { code: number; stdout: string; stderr: string }
type Raw = { code: number; stdout: Buffer; stderr: Buffer }

/** The lab's hands inside the guest (e2e/lab/image/agent/keystone-agent): runs commands as root, several at a time.
 *  One object lives as long as the machine; each boot attaches a new socket. */
export class Agent {
  readonly #waiting = new Map<string, { resolve: (raw: Raw) => void; reject: (error: Error) => void }>()
  #socket: Socket | undefined
  #hasAnswered = false
  #isOver = true
  #nextId = 1

  /** Whether this boot's guest has answered anything: it is up. */
  get hasAnswered(): boolean {
    return this.#hasAnswered
  }

  /** Connects to the port of a new boot; commands still open from the last one fail. */
  async attach(path: string): Promise<void> {
    const socket = await connectUnix(path)
    this.#socket = socket
    this.#hasAnswered = false
    this.#isOver = false
    onLines(socket, (line) => this.#onLine(line))
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined
      for (const { reject } of this.#waiting.values()) reject(new Error('the machine went off'))
      this.#waiting.clear()
    })
  }

  /** The machine is off and stays off until somebody switches it on: nobody needs to wait for an answer. */
  end(): void {
    this.#isOver = true
  }

  detach(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  /** Runs a bash command. A code other than 0 is a result; throws when the limit passes or the machine goes off. */
  async exec(command: string, { timeoutMs = 60_000 }: { timeoutMs?: number } = {}): Promise<CommandResult> {
    const { code, stdout, stderr } = await this.#run(command, timeoutMs)
    return { code, stdout: stdout.toString(), stderr: stderr.toString() }
  }

  /** Runs a bash command that must end with 0 and gives its stdout without the last newline. */
  async succeed(command: string, options: { timeoutMs?: number } = {}): Promise<string> {
    const { code, stdout, stderr } = await this.exec(command, options)
    if (code !== 0)
      throw new Error(`in the guest: ${command}\nended with ${code}\nstdout: ${stdout}\nstderr: ${stderr}`)
    return stdout.replace(/\n$/, '')
  }

  /** Waits until the agent answers, that is until the guest is up. */
  async waitReady({ timeoutMs = 600_000 }: { timeoutMs?: number } = {}): Promise<void> {
    const end = Date.now() + timeoutMs
    while (Date.now() < end) {
      // A question asked before the guest opens its port waits there, unless the agent starts over: ask again.
      const answer = await this.#run('true', Math.min(10_000, end - Date.now())).catch((error: Error) => error)
      if (!(answer instanceof Error)) return
      if (this.#isOver) throw new Error('the machine went off before its agent answered', { cause: answer })
      // Off for a moment, between two starts of one boot.
      if (this.#socket === undefined) await delay(100)
    }
    throw new Error(`the guest's agent did not answer within ${timeoutMs / 1000} s`)
  }

  async putFile(path: string, content: string | Uint8Array, mode = '0644'): Promise<void> {
    const base64 = Buffer.from(content).toString('base64')
    const quoted = quote(path)
    await this.succeed(`mkdir -p "$(dirname ${quoted})" && : >${quoted} && chmod ${mode} ${quoted}`)
    // A command is one argument of bash, and the kernel takes 128 KiB at most in one.
    for (let start = 0; start < base64.length; start += 65_536) {
      await this.succeed(`base64 -d >>${quoted} <<<'${base64.slice(start, start + 65_536)}'`)
    }
  }

  async getFile(path: string): Promise<Buffer> {
    const { code, stdout, stderr } = await this.#run(`cat ${quote(path)}`, 60_000)
    if (code !== 0) throw new Error(`cannot read ${path} in the guest: ${stderr}`)
    return stdout
  }

  /** A restored machine believes it is the time it was saved at. */
  async syncClock(): Promise<void> {
    await this.succeed(`date -s @${(Date.now() / 1000).toFixed(2)}`)
  }

  #run(command: string, timeoutMs: number): Promise<Raw> {
    const socket = this.#socket
    if (!socket) return Promise.reject(new Error(`the machine is off: cannot run ${command}`))
    const id = `${process.pid}-${this.#nextId++}`
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.#waiting.delete(id)
        reject(new Error(`in the guest: ${command}\nno answer within ${timeoutMs / 1000} s`))
      }, timeoutMs)
      this.#waiting.set(id, {
        resolve: (raw) => {
          clearTimeout(limit)
          resolve(raw)
        },
        reject: (error) => {
          clearTimeout(limit)
          reject(error)
        },
      })
      socket.write(`${id} ${Buffer.from(command).toString('base64')}\n`)
    })
  }

  #onLine(line: string): void {
    this.#hasAnswered = true
    const [id = '', code, stdout = '', stderr = ''] = line.split(' ')
    const waiting = this.#waiting.get(id)
    // An answer nobody waits for any more: its question ran out of time, or was asked before a save.
    if (!waiting) return
    this.#waiting.delete(id)
    waiting.resolve({
      code: Number(code),
      stdout: Buffer.from(stdout, 'base64'),
      stderr: Buffer.from(stderr, 'base64'),
    })
  }
}

/** A word as the shell takes it literally. */
export const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`
