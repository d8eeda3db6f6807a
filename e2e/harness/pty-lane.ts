import { spawn } from 'node-pty'
import type { Lane } from './lane.ts'
import type { Size } from './screen.ts'
import { Tty } from './tty.ts'

export type PtyOptions = Partial<Size> & { cwd?: string; env?: Record<string, string>; term?: string }

export type PtyProgram = {
  tty: Tty
  /** Resolves when the program has ended. */
  exit: Promise<{ code: number; signal: number }>
  /** Ends the program (SIGKILL) if it still runs, and the screen. */
  dispose(): void
}

/** Runs a local command (argv) on a pseudo terminal of its own. */
export function startPty(
  command: string[],
  { cols = 80, rows = 24, cwd, env, term = 'xterm-256color' }: PtyOptions = {},
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
    onData: (listener) => void pty.onData(listener),
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
  return { tty, exit, dispose: () => tty.close() }
}
