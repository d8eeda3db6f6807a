import { Secret } from '../model/secret.ts'
import { formatCommand } from './command-line.ts'
import { expectExitCode, lastLines, stdinOf } from './command-result.ts'
import { proxyEnvironment } from './environment.ts'
import { Cancelled, CommandError } from './errors.ts'
import { createLineSplitter } from './lines.ts'
import type { Log } from './log.ts'
import type { CommandOptions, CommandResult } from './system.ts'
import { lastTraced } from './traced-command.ts'

/** What changes a disk is waited for longer than what looks at it, in delays: a slow one writes what it has for a while, and
 *  nothing can be let go before. */
const CHANGE_PATIENCE = 12

/** Loaded with the first command: `keystone --help` and `keystone render` start about 15 ms sooner without it. */
let execaModule: Promise<typeof import('execa')> | null = null

/** Runs one program to its end. It gets its own session: Ctrl-C in our terminal does not reach it behind our back, it
 *  cannot ask on our terminal, and a cancel ends it together with everything it started (disko and nixos-install are
 *  shell scripts; ending only the shell would leave its mkfs running). */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
  context: {
    readonly log: Log
    readonly environment: Record<string, string>
    readonly logsOutput: boolean
    readonly killDelayMs: number
    /** A test gives its own: there is no program at hand that no signal ends. */
    readonly kill?: (pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL') => void
  },
): Promise<CommandResult> {
  const { log, kill = signalGroup } = context
  const line = formatCommand(program, args)
  execaModule ??= import('execa')
  const { execa } = await execaModule
  if (options.signal?.aborted) throw new Cancelled(`cancelled before ${program}`)
  if (options.stdin instanceof Secret) log.hide(options.stdin)
  log.write(`$ ${line}`)
  const { proxy = null } = options
  if (proxy !== null) log.write(`  by the proxy ${proxy}: ${program}`)
  const startedAt = performance.now()
  const input = stdinOf(options)
  const child = execa(program, [...args], {
    cwd: '/',
    env: {
      ...context.environment,
      ...(proxy === null ? {} : proxyEnvironment(proxy)),
      ...(options.credentialsDirectory === undefined ? {} : { CREDENTIALS_DIRECTORY: options.credentialsDirectory }),
    },
    extendEnv: false,
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    stdout: 'pipe',
    stderr: 'pipe',
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  })

  const read = (stream: 'stdout' | 'stderr') => {
    const isSecret = stream === 'stdout' && options.isSecretOutput === true
    const chunks: Uint8Array[] = []
    const lines = createLineSplitter((text) => {
      if (isSecret) log.hide(text.trim())
      else if (options.onLine) options.onLine(log.mask(text), stream)
      else if (context.logsOutput) log.write(`  ${text}`)
    })
    child[stream]?.on('data', (chunk: Uint8Array) => {
      chunks.push(chunk)
      lines.push(chunk)
    })
    return () => {
      lines.end()
      return Buffer.concat(chunks).toString('utf8')
    }
  }
  const readStdout = read('stdout')
  const readStderr = read('stderr')

  let hasTimedOut = false
  let killTimer: NodeJS.Timeout | undefined
  let giveUp: (ended: Ended) => void = () => {}
  const givenUp = new Promise<Ended>((resolve) => {
    giveUp = resolve
  })
  const stop = () => {
    kill(child.pid, 'SIGTERM')
    killTimer ??= setTimeout(() => {
      kill(child.pid, 'SIGKILL')
      // A grandchild in a session of its own may hold the pipes open for ever; nobody reads them any more.
      child.stdout?.destroy()
      child.stderr?.destroy()
      // In the kernel, waiting for a disk that does not answer: it ends when that does, and not before.
      killTimer = setTimeout(
        () => {
          log.write(`  ${program} (process ${child.pid ?? '?'}) cannot be ended, nobody waits for it any more`)
          giveUp({ signal: 'SIGKILL' })
        },
        context.killDelayMs * (context.logsOutput ? CHANGE_PATIENCE : 1),
      )
    }, context.killDelayMs)
  }
  options.signal?.addEventListener('abort', stop, { once: true })
  const timeout =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          hasTimedOut = true
          stop()
        }, options.timeoutMs)

  const ended: Ended = await Promise.race([child, givenUp])
  options.signal?.removeEventListener('abort', stop)
  clearTimeout(timeout)
  clearTimeout(killTimer)

  const output = { stdout: readStdout(), stderr: readStderr() }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(2)
  const isMissing = ended.code === 'ENOENT' || ended.code === 'EACCES'
  const how = isMissing
    ? 'not found'
    : ended.exitCode === undefined
      ? `signal ${ended.signal}`
      : `exit ${ended.exitCode}`
  log.write(`  ${how} after ${seconds} s: ${program}`)

  if (options.signal?.aborted && ended.exitCode !== 0) throw new Cancelled(`cancelled ${program}`)
  if (ended.exitCode === undefined || hasTimedOut) {
    throw new CommandError({
      program,
      args: args.map(log.mask),
      line,
      exitCode: null,
      lastLines: lastLines(output, options).map(log.mask),
      traced: lastTraced(log.mask(output.stderr)),
      isMissing,
      signal: ended.signal ?? null,
      ...(hasTimedOut && options.timeoutMs !== undefined ? { timedOutMs: options.timeoutMs } : {}),
      cause: ended.cause,
    })
  }
  const result = { exitCode: ended.exitCode, ...output }
  return expectExitCode({ program, args, line }, result, options, log.mask)
}

/** What is asked of execa's result. */
type Ended = {
  readonly code?: string | undefined
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  readonly cause?: unknown
}

function signalGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return
  try {
    // `detached` made it the leader of a process group with its own number.
    process.kill(-pid, signal)
  } catch {
    // It ended between our decision and the signal.
  }
}
