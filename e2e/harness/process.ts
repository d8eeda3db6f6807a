import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { toolPath } from '../lab/tools.ts'

export type Exit = { code: number | null; signal: NodeJS.Signals | null }

/** A child process that belongs to us: it dies with us, and only it is ever killed, by its id. */
export type OwnedProcess = {
  readonly pid: number
  readonly argv: string[]
  readonly exit: Promise<Exit>
  isRunning(): boolean
  /** SIGKILL, then waits until it is gone. */
  kill(): Promise<Exit>
}

/** Starts argv with stdout and stderr appended to `logFile`. The kernel kills it when we die (setpriv --pdeathsig):
 *  a QEMU that outlives a killed test keeps its disks locked. */
export function startProcess(argv: string[], { logFile }: { logFile: string }): OwnedProcess {
  const log = openSync(logFile, 'a')
  let child: ChildProcess
  try {
    child = spawn('setpriv', ['--pdeathsig', 'KILL', ...argv], {
      stdio: ['ignore', log, log],
      env: { ...process.env, PATH: toolPath() },
    })
  } finally {
    closeSync(log)
  }
  let isRunning = true
  const exit = new Promise<Exit>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve({ code, signal }))
  })
  const gone = exit.finally(() => {
    isRunning = false
  })
  // Whoever cares awaits it; a failed start must not end the test run from nowhere.
  gone.catch(() => {})
  return {
    pid: child.pid ?? -1,
    argv,
    exit: gone,
    isRunning: () => isRunning,
    kill: () => {
      if (isRunning) child.kill('SIGKILL')
      return gone
    },
  }
}

/** Waits until a process has made its socket. Throws when the process ends first or after the limit. */
export async function waitForSocket(path: string, owner: OwnedProcess, limitMs = 15_000): Promise<void> {
  const end = Date.now() + limitMs
  while (Date.now() < end) {
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return
    if (!owner.isRunning()) throw new Error(`${owner.argv[0]} ended before it made ${path}`)
    await delay(10)
  }
  throw new Error(`${owner.argv[0]} did not make ${path} within ${limitMs / 1000} s`)
}
