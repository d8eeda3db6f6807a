import { StringDecoder } from 'node:string_decoder'
import { spawn } from 'node-pty'
import type { Lane } from './lane.ts'
import type { Size } from './screen.ts'
import { Tty } from './tty.ts'

export type PtyOptions = Partial<Size> & {
  cwd?: string
  env?: Record<string, string>
  term?: string
  /** Bits a second of a serial line, 10 for each byte: what the program writes is read no faster, so that it has to wait. */
  baud?: number
}

export type PtyProgram = {
  tty: Tty
  /** Resolves when the program has ended. */
  exit: Promise<{ code: number; signal: number }>
  /** What it writes, as it comes. */
  onData(listener: (text: string) => void): void
  /** Ends the program (SIGKILL) if it still runs, and the screen. */
  dispose(): void
}

/** Runs a local command (argv) on a pseudo terminal of its own. */
export function startPty(
  command: string[],
  { cols = 80, rows = 24, cwd, env, term = 'xterm-256color', baud }: PtyOptions = {},
): PtyProgram {
  const [program = '', ...args] = command
  const pty = spawn(program, args, {
    name: term,
    cols,
    rows,
    cwd: cwd ?? process.cwd(),
    env: { ...process.env, ...env, TERM: term },
    encoding: null,
  })
  const exit = new Promise<{ code: number; signal: number }>((resolve) => {
    pty.onExit(({ exitCode, signal }) => resolve({ code: exitCode, signal: signal ?? 0 }))
  })
  let hasEnded = false
  void exit.then(() => {
    hasEnded = true
  })
  const lane: Lane = {
    name: program,
    paceMs: 120,
    write: (data) => {
      if (!hasEnded) pty.write(data)
    },
    onData: (listener) =>
      void pty.onData((data) => {
        listener(data)
        if (baud === undefined) return
        pty.pause()
        setTimeout(() => hasEnded || pty.resume(), (data.length * 10_000) / baud)
      }),
    onEnd: (listener) =>
      void exit.then(({ code, signal }) =>
        listener(`the program ended with ${signal ? `signal ${signal}` : `code ${code}`}`),
      ),
    resize: async (size) => {
      if (!hasEnded) pty.resize(size.cols, size.rows)
    },
    close: () => {
      if (!hasEnded) pty.kill('SIGKILL')
    },
  }
  const tty = new Tty(lane, { cols, rows })
  const onData = (listener: (text: string) => void) => {
    const decoder = new StringDecoder('utf8')
    pty.onData((data) => listener(typeof data === 'string' ? data : decoder.write(data)))
  }
  return { tty, exit, onData, dispose: () => tty.close() }
}
