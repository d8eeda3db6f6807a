import { dirname, join } from 'node:path'
import { writeAnswers } from '../answers/write-answers.ts'
import type { Answers } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Plan, RenderedFile } from '../model/plan.ts'
import { createDryRunSystem } from '../system/dry-run-system.ts'
import type { System } from '../system/system.ts'
import { dryRun, formatChanges } from './dry-run.ts'
import { withLogEvents } from './install-here.ts'
import type { InstallOutcome, InstallRequest } from './install-request.ts'
import type { LiveLog } from './live-log.ts'
import { recordedMachine } from './recorded-machine.ts'
import { installSequence } from './sequences.ts'

/** Goes through the whole install without touching anything, and writes what it would do to a folder:
 *  rendered/, commands.txt, plan.json and answers.yaml (without the secrets). `system` writes that folder and nothing else;
 *  the tasks get a machine that is only remembered. */
export async function installDry(
  request: Omit<InstallRequest, 'begun' | 'answersText' | 'installerVersion'> & {
    readonly answers: Answers
    readonly hardware: Hardware
    readonly system: System
    readonly liveLog: LiveLog
    readonly out: string
  },
): Promise<InstallOutcome> {
  const { plan, answers, files, hardware, system, liveLog, out } = request
  const { outcome, changes } = await withLogEvents(liveLog, request.onEvent, (onEvent) =>
    dryRun({
      ...request,
      onEvent,
      tasks: installSequence,
      system: createDryRunSystem(recordedMachine(hardware)),
      log: liveLog.log,
    }),
  )
  if (outcome.status !== 'installed') return outcome
  await writeRendered(system, join(out, 'rendered'), files)
  const head = `# What an installation runs, as root and in this order. Plan ${plan.hash}\n\n`
  await system.writeFile(join(out, 'commands.txt'), head + formatChanges(changes), { mode: 0o644 })
  await system.writeFile(join(out, 'plan.json'), planJson(plan), { mode: 0o644 })
  await system.writeFile(join(out, 'answers.yaml'), writeAnswers(answers), { mode: 0o644 })
  return outcome
}

/** The rendered tree as it will be on the target, below a folder. */
export async function writeRendered(system: System, out: string, files: readonly RenderedFile[]): Promise<void> {
  for (const { path, content, mode } of files) {
    await system.makeDirectory(dirname(join(out, path)), { mode: 0o755 })
    await system.writeFile(join(out, path), content, { mode })
  }
}

export function planJson(plan: Plan): string {
  return `${JSON.stringify(plan, null, 2)}\n`
}
