import { makeTargetFiles } from '../install/assets.ts'
import { installDry } from '../install/dry-run-output.ts'
import { installHere } from '../install/install-here.ts'
import type { InstallOutcome } from '../install/install-request.ts'
import type { Hardware } from '../model/hardware.ts'
import { imagineFree } from '../plan/imagine-free.ts'
import { runInteractiveShell } from '../system/interactive-shell.ts'
import { programs } from '../system/programs.ts'
import type { InstallRequest, WizardServices } from '../ui/services.ts'
import { type Hands, lookAtMachine } from './hands.ts'

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
    const { answers } = request
    const full = {
      ...request,
      ...target,
      system,
      liveLog,
      secrets: { passphrase: answers.encryption.passphrase, password: answers.identity.password },
      signal: AbortSignal.any([request.signal, signal]),
    }
    if (dryRunOut === null || hardware === null) return installHere(full)
    // Nothing was enrolled: a made-up key must not be written down by anybody.
    return installDry({ ...full, hardware, out: dryRunOut, onRecoveryKey: () => {} })
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
    readLog: async () => [...liveLog.lines()],
    lastOutcome: () => outcome,
    settled: async () => {
      await running
    },
  }
}
