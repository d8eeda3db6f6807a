import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { makeRecoveryKey } from '../credentials/recovery-key.ts'
import { makeTargetFiles } from '../install/assets.ts'
import { installDry } from '../install/dry-run-output.ts'
import { installHere } from '../install/install-here.ts'
import type { InstallOutcome } from '../install/install-request.ts'
import type { Hardware } from '../model/hardware.ts'
import { imagineFree } from '../plan/imagine-free.ts'
import { UserError } from '../system/errors.ts'
import { runInteractiveShell } from '../system/interactive-shell.ts'
import { programs } from '../system/programs.ts'
import type { InstallRequest, WizardServices } from '../ui/services.ts'
import { type Hands, lookAtMachine } from './hands.ts'
import { pageServices } from './page-services.ts'

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

/** What the wizard has done by others. In a dry run nothing is installed, rebooted or opened. */
export function wizardServices(hands: Hands, { dryRunOut, machine, signal }: WizardRun): WizardHands {
  const { system, liveLog } = hands
  let hardware: Hardware | null = null
  let outcome: InstallOutcome | null = null
  let running: Promise<unknown> = Promise.resolve()

  async function install(request: InstallRequest): Promise<InstallOutcome> {
    const target = await makeTargetFiles(system, hands.places, request.plan)
    const full = {
      ...request,
      ...target,
      system,
      liveLog,
      signal: AbortSignal.any([request.signal, signal]),
    }
    if (dryRunOut === null || hardware === null) return installHere(full)
    return installDry({ ...full, hardware, out: dryRunOut })
  }

  return {
    async detect(onPart) {
      const found = await lookAtMachine(hands, machine, onPart)
      hardware = dryRunOut === null ? found : imagineFree(found)
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
      // Loaded only now: the wizard opens sooner without YAML.
      const { writeAnswers } = await import('../answers/write-answers.ts')
      await system.writeFile(file, writeAnswers(answers), { mode: 0o600 }).catch((cause: unknown) => {
        throw new UserError(`${file} cannot be written: is its folder there, and may you write in it?`, { cause })
      })
      return 'saved'
    },
    readLog: async () => [...liveLog.lines()],
    pages: pageServices(system, { isDryRun: dryRunOut !== null }),
    lastOutcome: () => outcome,
    settled: async () => {
      await running
    },
  }
}
