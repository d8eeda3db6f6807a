import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { makeRecoveryKey } from '../credentials/recovery-key.ts'
import { makeTargetFiles } from '../install/assets.ts'
import { installDry } from '../install/dry-run-output.ts'
import type { FoundInstalls } from '../install/find-begun.ts'
import { installHere } from '../install/install-here.ts'
import type { InstallOutcome } from '../install/install-request.ts'
import type { Answers } from '../model/answers.ts'
import type { InstallEvent, TaskFailure } from '../model/event.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Begun } from '../model/saved-install.ts'
import { imagineFree } from '../plan/imagine-free.ts'
import type { BundleInput } from '../support/collect.ts'
import { UserError } from '../system/errors.ts'
import { runInteractiveShell } from '../system/interactive-shell.ts'
import { programs } from '../system/programs.ts'
import type { InstallRequest, WizardServices } from '../ui/services.ts'
import { type Hands, lookAtMachine } from './hands.ts'
import { pageServices } from './page-services.ts'

/** What this run of the wizard has heard of its installs, for a support bundle. */
type InstallRecord = {
  -readonly [Key in Exclude<keyof BundleInput, 'hardware' | 'log' | 'missing'>]: BundleInput[Key]
} & {
  readonly events: InstallEvent[]
}

/** The last install's outcome tells the exit code; `settled` waits for one that runs. */
export type WizardHands = WizardServices & {
  lastOutcome(): InstallOutcome | null
  settled(): Promise<void>
}

export type WizardRun = {
  /** Null: a real install. */
  readonly dryRunOut: string | null
  readonly machine: string | null
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal
}

/** What the wizard has done by others. In a dry run nothing is installed, rebooted, powered off or opened. */
export function wizardServices(hands: Hands, { dryRunOut, machine, signal }: WizardRun): WizardHands {
  const { system, liveLog } = hands
  const isDryRun = dryRunOut !== null
  let hardware: Hardware | null = null
  let installs: Promise<FoundInstalls> | null = null
  let outcome: InstallOutcome | null = null
  let running: Promise<unknown> = Promise.resolve()
  const record: InstallRecord = { events: [], plan: null, files: [], failure: null, begun: null }

  async function install(request: InstallRequest): Promise<InstallOutcome> {
    const { answers, isRetry, plan } = request
    const target = await makeTargetFiles(system, hands.places, plan)
    Object.assign(record, { plan, files: target.files, failure: null })
    const begun = isRetry && !isDryRun ? await findAgain(request) : request.begun
    if (begun !== null && isRetry && begun.problems.length > 0) return refuseRetry(begun, request)
    const full = {
      ...request,
      ...target,
      begun,
      answersText: answers === null ? (request.begun?.saved.answers ?? '') : await answerFile(answers),
      installerVersion: hands.version,
      system,
      liveLog,
      signal: AbortSignal.any([request.signal, signal]),
      onEvent(event: InstallEvent) {
        if (event.type !== 'log') record.events.push(event)
        if (event.type === 'task-failed') record.failure = event.failure
        request.onEvent(event)
      },
    }
    if (dryRunOut === null || hardware === null || answers === null) return installHere(full)
    return installDry({ ...full, answers, hardware, out: dryRunOut })
  }

  /** The machine may have changed since the failure: a disk was pulled, or put back. */
  async function findAgain({ plan, begun }: InstallRequest): Promise<Begun | null> {
    const { findBegun } = await import('../install/find-begun.ts')
    const found = await findBegun(system, await lookAtMachine(hands, machine), hands.version)
    // What is on a disk is another install: whoever chose to start over does not come back to it by a retry.
    return found?.place === 'memory' && found.saved.planHash === plan.hash ? found : begun
  }

  /** Its disks say what is installed on them. An esp that cannot be looked into is told where the earlier install is asked for. */
  async function withEarlier(found: Hardware): Promise<Hardware> {
    const { findEarlierInstalls } = await import('./earlier-install.ts')
    installs = findEarlierInstalls(hands, found)
    const { finished } = await installs.catch(() => ({ finished: [] }))
    if (finished.length === 0) return found
    const { withFinished } = await import('./installed-already.ts')
    return withFinished(found, finished)
  }

  return {
    async detect(onPart) {
      const found = await lookAtMachine(hands, machine, onPart)
      hardware = dryRunOut === null ? await withEarlier(found) : imagineFree(found)
      return hardware
    },
    async install(request) {
      const work = install(request)
      running = work.catch(() => {})
      outcome = await work
      return outcome
    },
    async reboot() {
      if (dryRunOut === null) await system.run(programs.systemctl, ['reboot'])
    },
    async powerOff() {
      if (!isDryRun) await system.run(programs.systemctl, ['poweroff'])
    },
    async findBegun(found) {
      if (isDryRun) return null
      const { earlierInstall, findEarlierInstalls } = await import('./earlier-install.ts')
      const earlier = await earlierInstall(await (installs ?? findEarlierInstalls(hands, found)))
      record.begun = earlier?.begun ?? null
      return earlier
    },
    async opensDisks(begun, passphrase) {
      const { opensDisks } = await import('./earlier-install.ts')
      return opensDisks(system, begun, passphrase)
    },
    async release(begun) {
      const { releaseEarlier } = await import('./earlier-install.ts')
      await releaseEarlier(hands, begun)
    },
    async sticks() {
      const { findBundleSticks } = await import('./bundle-command.ts')
      return hardware === null ? [] : findBundleSticks(system, hardware, record.plan)
    },
    async saveBundle(target) {
      const { bundleOf } = await import('./bundle-command.ts')
      return bundleOf(hands, { ...record, hardware, log: [...liveLog.lines()] }, target, signal)
    },
    openShell: () => runInteractiveShell(hands.environment),
    makeRecoveryKey: () => makeRecoveryKey(randomBytes),
    async loadAnswers(path) {
      const file = resolve(path)
      if ((await system.readText(file)) === null) return null
      const { readOpening } = await import('./read-opening.ts')
      return readOpening(hands, file)
    },
    async saveAnswers(answers, path, { mayReplace }) {
      const file = resolve(path)
      if (!mayReplace && (await system.exists(file))) return 'exists'
      await system.writeFile(file, await answerFile(answers), { mode: 0o600 }).catch((cause: unknown) => {
        throw new UserError(`${file} cannot be written: is its folder there, and may you write in it?`, { cause })
      })
      return 'saved'
    },
    readLog: async () => [...liveLog.lines()],
    pages: pageServices(system, { isDryRun }),
    lastOutcome: () => outcome,
    settled: async () => {
      await running
    },
  }
}

/** Loaded only when it is needed: the wizard opens sooner without YAML. */
async function answerFile(answers: Answers): Promise<string> {
  const { writeAnswers } = await import('../answers/write-answers.ts')
  return writeAnswers(answers)
}

/** The disks are not those of the plan any more: nothing is tried on them. */
function refuseRetry({ problems }: Begun, { onEvent }: InstallRequest): InstallOutcome {
  const message = 'this is not the machine any more that the install was begun on'
  const nextSteps = ['put back what was changed, then try again', 'or change the answers']
  const failure: TaskFailure = { task: 'preflight', message, nextSteps, problems }
  onEvent({ type: 'task-failed', at: new Date().toISOString(), failure })
  return { status: 'failed', failure, error: new UserError(message, { nextSteps, problems }), isBug: false }
}
