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
import { formatClock, formatGuess } from './ui/durations.ts'
import { addEvents, fractionDone, NO_PROGRESS } from './wizard/progress.ts'
import { timeLeftMs } from './wizard/time-left.ts'

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
  const report = request.progress === 'json' ? jsonReport(stdout) : plainReport(stdout)
  const given = request.recoveryKey
  const recoveryKey = given === 'make' ? makeRecoveryKey(random) : (given?.key ?? null)
  const isNew = given === 'make' || given?.isNew === true
  if (recoveryKey !== null && isNew) await handOver(recoveryKey, request)
  const outcome = await install({
    ...request,
    secrets: { ...secrets, recoveryKey },
    onEvent: report,
  })
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

/** A line for each task, and one for each twentieth of the whole while a long one runs. */
function plainReport(print: (text: string) => void): (event: InstallEvent) => void {
  let progress = NO_PROGRESS
  let printedTwentieth = 0
  const line = (text: string) => {
    const fraction = fractionDone(progress)
    printedTwentieth = Math.floor(fraction * 20)
    print(`[${String(Math.floor(fraction * 100)).padStart(3)}%] ${text}\n`)
  }
  return (event) => {
    if (event.type === 'log') return
    progress = addEvents(progress, [event])
    const titleOf = (id: string) => progress.tasks.find((task) => task.id === id)?.title ?? id
    if (event.type === 'task-started') line(event.title)
    if (event.type === 'task-progress' && Math.floor(fractionDone(progress) * 20) > printedTwentieth) {
      const left = timeLeftMs(progress, Date.parse(event.at))
      const parts = [event.message ?? '', left === null ? '' : `${formatGuess(left)} left`].filter(
        (part) => part !== '',
      )
      line(`${titleOf(event.task)}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`)
    }
    if (event.type === 'notice') print(`Note: ${event.message}\n`)
    if (event.type === 'released') for (const { message } of event.problems) print(`Note: ${message}\n`)
    if (event.type === 'task-undone') print(`       Undone: ${titleOf(event.task)}\n`)
    if (event.type === 'install-finished') line(`Installed in ${formatClock(event.durationMs)}.`)
  }
}

/** The failure as a person reads it on stderr. */
export function formatFailure({ message, command, problems, nextSteps, diagnosis }: TaskFailure): string {
  const steps = [...new Set([...(diagnosis?.remedy ?? []), ...nextSteps])]
  return [
    `The installation failed: ${(diagnosis?.cause ?? message).replace(/\.$/u, '')}.`,
    ...problems.map((problem) => `  ${problem.message}`),
    ...(command === undefined ? [] : [`  $ ${command.line}`, ...command.lastLines.map((line) => `  ${line}`)]),
    ...(steps.length > 0 ? ['What you can do:', ...steps.map((step) => `  - ${step}`)] : []),
  ]
    .join('\n')
    .concat('\n')
}
