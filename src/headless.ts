import { randomBytes } from 'node:crypto'
import { secretsOf } from './credentials/install-secrets.ts'
import { makeRecoveryKey } from './credentials/recovery-key.ts'
import type { TargetFiles } from './install/assets.ts'
import { installHere } from './install/install-here.ts'
import type { InstallOutcome } from './install/install-request.ts'
import type { LiveLog } from './install/live-log.ts'
import type { Answers, Confirmation } from './model/answers.ts'
import type { InstallEvent, TaskFailure } from './model/event.ts'
import type { Plan } from './model/plan.ts'
import { Secret } from './model/secret.ts'
import { UserError } from './system/errors.ts'
import type { System } from './system/system.ts'
import { formatClock, formatGuess } from './ui/durations.ts'
import { addEvents, fractionDone, NO_PROGRESS, timeLeftMs } from './wizard/progress.ts'

export type HeadlessRequest = TargetFiles & {
  readonly plan: Plan
  readonly answers: Answers
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
  const { plan, answers, stdout, stderr, install = installHere, random = randomBytes } = request
  const report = request.progress === 'json' ? jsonReport(stdout) : plainReport(stdout)
  const recoveryKey = plan.recoveryKey ? makeRecoveryKey(random) : null
  if (recoveryKey !== null) await handOver(recoveryKey, request)
  const outcome = await install({
    ...request,
    secrets: secretsOf(answers, recoveryKey),
    resume: false,
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
  { system, recoveryKeyFile: path, stderr }: Pick<HeadlessRequest, 'system' | 'recoveryKeyFile' | 'stderr'>,
): Promise<void> {
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
    if (event.type === 'task-undone') print(`       Undone: ${titleOf(event.task)}\n`)
    if (event.type === 'install-finished') line(`Installed in ${formatClock(event.durationMs)}.`)
  }
}

/** The failure as a person reads it on stderr. */
export function formatFailure({ message, command, problems, nextSteps }: TaskFailure): string {
  return [
    `The installation failed: ${message}.`,
    ...problems.map((problem) => `  ${problem.message}`),
    ...(command === undefined ? [] : [`  $ ${command.line}`, ...command.lastLines.map((line) => `  ${line}`)]),
    ...(nextSteps.length > 0 ? ['What you can do:', ...nextSteps.map((step) => `  - ${step}`)] : []),
  ]
    .join('\n')
    .concat('\n')
}
