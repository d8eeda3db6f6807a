import { randomBytes } from 'node:crypto'
import { makeRecoveryKey } from './credentials/recovery-key.ts'
import type { TargetFiles } from './install/assets.ts'
import { installHere } from './install/install-here.ts'
import type { InstallOutcome } from './install/install-request.ts'
import type { LiveLog } from './install/live-log.ts'
import type { Confirmation } from './model/answers.ts'
import type { InstallEvent, TaskFailure } from './model/event.ts'
import type { InstallSecrets } from './model/install-secrets.ts'
import type { Plan } from './model/plan.ts'
import type { Begun } from './model/saved-install.ts'
import { Secret } from './model/secret.ts'
import { UserError } from './system/errors.ts'
import type { System } from './system/system.ts'
import { createPlainProgress } from './ui/plain-progress.ts'

export type HeadlessRequest = TargetFiles & {
  readonly plan: Plan
  /** The answer file, YAML, without secrets: what a restarted installer goes on with. */
  readonly answersText: string
  readonly installerVersion: string
  /** The earlier install to go on with, or null for a new one. */
  readonly begun: Begun | null
  readonly secrets: Omit<InstallSecrets, 'recoveryKey'>
  /** `make`: a new one. Of an earlier install: the one it showed, or one that takes its place, or null when no task that is
   *  left needs it. */
  readonly recoveryKey: 'make' | { readonly key: Secret; readonly isNew: boolean } | null
  readonly confirmation: Confirmation
  readonly system: System
  readonly liveLog: LiveLog
  /** `json`: each InstallEvent as one line on stdout. `plain`: lines for a person. */
  readonly progress: 'json' | 'plain'
  /** Whether a line of stdout can be rewritten. */
  readonly isTTY?: boolean
  /** Must not be there yet. Null: the recovery key is printed to stderr, once, before anything is erased. */
  readonly recoveryKeyFile: string | null
  readonly signal: AbortSignal
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** How to install, and chance: a test gives its own. */
  readonly random?: (bytes: number) => Uint8Array
  readonly install?: typeof installHere
}

/** Installs without a screen and without questions. The recovery key is handed over before anything is erased, and is in no
 *  event and in no log. */
export async function installHeadless(request: HeadlessRequest): Promise<InstallOutcome> {
  const { stdout, stderr, secrets, install = installHere, random = randomBytes } = request
  const given = request.recoveryKey
  const recoveryKey = given === 'make' ? makeRecoveryKey(random) : (given?.key ?? null)
  const isNew = given === 'make' || given?.isNew === true
  if (recoveryKey !== null && isNew) await handOver(recoveryKey, request)
  const run = (onEvent: (event: InstallEvent) => void) =>
    install({ ...request, secrets: { ...secrets, recoveryKey }, onEvent })
  const outcome = request.progress === 'json' ? await run(jsonReport(stdout)) : await withPlainReport(request, run)
  if (outcome.status === 'failed') stderr(formatFailure(outcome.failure))
  if (outcome.status === 'cancelled') {
    stderr('The installation was cancelled.\n')
    for (const { message, hint } of outcome.problems) stderr(`${message}${hint === undefined ? '' : ` (${hint})`}\n`)
  }
  return outcome
}

/** To the file, or on stderr. A key that cannot be kept stops the install while that costs nothing. */
async function handOver(
  key: Secret,
  {
    system,
    recoveryKeyFile: path,
    stderr,
    begun,
  }: Pick<HeadlessRequest, 'system' | 'recoveryKeyFile' | 'stderr' | 'begun'>,
): Promise<void> {
  if (begun !== null) stderr('The recovery key that was shown before opens nothing. This one takes its place.\n')
  if (path === null) {
    stderr(`Recovery key, shown this once. It opens the disks when the install has ended well:\n${key.reveal()}\n`)
    return
  }
  if (await system.exists(path)) {
    throw new UserError(`the recovery key is not written to ${path}: there is such a file already`, {
      nextSteps: ['move it away: it may hold the key of another machine', 'or give another path'],
    })
  }
  try {
    await system.writeFile(path, new Secret(`${key.reveal()}\n`), { mode: 0o600 })
  } catch (cause) {
    throw new UserError(`the recovery key cannot be written to ${path}`, {
      nextSteps: ['give a path in a folder that is there, on a file system in memory such as /run'],
      cause,
    })
  }
}

function jsonReport(print: (text: string) => void): (event: InstallEvent) => void {
  return (event) => print(`${JSON.stringify(event)}\n`)
}

const TICK_MS = 1000

/** Runs `work` with a plain report that is never silent for five seconds. */
async function withPlainReport<Result>(
  { system, stdout, isTTY = false }: Pick<HeadlessRequest, 'system' | 'stdout' | 'isTTY'>,
  work: (report: (event: InstallEvent) => void) => Promise<Result>,
): Promise<Result> {
  const progress = createPlainProgress({ now: () => system.now(), print: stdout, isTTY })
  const timer = setInterval(progress.tick, TICK_MS)
  try {
    return await work(progress.heard)
  } finally {
    clearInterval(timer)
    progress.end()
  }
}

/** The failure as a person reads it on stderr. */
export function formatFailure({ task, message, command, problems, nextSteps, diagnosis }: TaskFailure): string {
  const steps = [...new Set([...(diagnosis?.remedy ?? []), ...nextSteps])]
  return [
    `The installation failed: ${(diagnosis?.cause ?? message).replace(/\.$/u, '')}.`,
    ...problems.map((problem) => `  ${problem.message}`),
    ...(command === undefined ? [] : [`  $ ${command.line}`, ...command.lastLines.map((line) => `  ${line}`)]),
    ...(steps.length > 0 ? ['What you can do:', ...steps.map((step) => `  - ${step}`)] : []),
    // Preflight has begun nothing that could go on.
    ...(task === 'preflight' ? [] : ['To retry: keystone resume']),
  ]
    .join('\n')
    .concat('\n')
}
