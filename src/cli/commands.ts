import { basename } from 'node:path'
import { writeAnswers } from '../answers/write-answers.ts'
import { secretsOf } from '../credentials/install-secrets.ts'
import { makeRecoveryKey } from '../credentials/recovery-key.ts'
import { installHeadless } from '../headless.ts'
import { makeConfiguration, makeTargetFiles } from '../install/assets.ts'
import { installDry, planJson, writeRendered } from '../install/dry-run-output.ts'
import { formatHardware } from '../install/hardware-text.ts'
import { formatPlan } from '../install/plan-text.ts'
import type { FinishedInstall } from '../model/install-mark.ts'
import { confirmationOf, erasedDisks } from '../plan/confirmation.ts'
import { imagineFree } from '../plan/imagine-free.ts'
import { Bug } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { Command } from './arguments.ts'
import { goOn, look, offer, resume } from './begun-commands.ts'
import { findEarlierInstalls, releaseEarlier } from './earlier-install.ts'
import { type Ending, endingOf } from './ending.ts'
import { askOnTerminal, secretsOfFile, standInSecret } from './file-secrets.ts'
import { type Hands, lookAtMachine } from './hands.ts'
import { findInstalled, refuseInstalled } from './installed-already.ts'
import { typeWith } from './live-keyboard.ts'
import { checkFile, type Refusal, readPlan, refusalOf } from './read-plan.ts'
import type { Terminal } from './terminal.ts'

/** A command without a screen. `signal` cancels an install and the writing of an ISO. */
export async function runCommand(
  command: Command,
  hands: Hands,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Ending> {
  if (command.what === 'detect') {
    const hardware = await lookAtMachine(hands, command.machine)
    terminal.stdout(command.isJson ? `${JSON.stringify(hardware, null, 2)}\n` : formatHardware(hardware))
    return 'done'
  }
  if (command.what === 'iso inspect' || command.what === 'iso prepare') {
    const { inspectIso, prepareIso } = await import('./iso-commands.ts')
    return command.what === 'iso inspect'
      ? inspectIso(command, hands.system, terminal)
      : prepareIso(command, hands.system, terminal, signal)
  }
  if (command.what === 'schema' || command.what === 'answers migrate' || command.what === 'match') {
    const { runAnswerCommand } = await import('./answer-commands.ts')
    return runAnswerCommand(command, hands, terminal)
  }
  if (command.what === 'look') return look(command, hands, terminal)
  if (command.what === 'resume') return resume(command, hands, terminal, signal)
  if (command.what === 'bundle') {
    const { saveBundle } = await import('./bundle-command.ts')
    return saveBundle(command, hands, terminal, signal)
  }
  const file = command.answers
  if (file === null) throw new Bug(`${command.what} without an answer file`)
  const refuse = ({ status, report }: Refusal): Ending => {
    terminal.stderr(report)
    return status
  }
  const isUnattended = command.isUnattended || (command.what === 'install' && !command.isDryRun)
  // A plan holds no secret, so nobody is asked for one to look at it; where nobody is there, there is nobody to ask.
  const lookedAt = secretsOfFile(hands, file, command.isUnattended ? undefined : standInSecret)
  if (command.what === 'check' && command.machine === null) {
    const refusal = await checkFile(hands.system, file, lookedAt, command)
    if (refusal !== null) return refuse(refusal)
    terminal.stdout(`${basename(file)}: no problems found\n`)
    return 'done'
  }

  let found = await lookAtMachine(hands, command.machine)
  let finished: readonly FinishedInstall[] = []
  if (command.what === 'install' && !command.isDryRun) {
    const earlier = await findEarlierInstalls(hands, found)
    const { begun } = earlier
    if (command.begun !== 'start-over') finished = earlier.finished
    if (begun !== null && command.begun === 'continue') {
      return goOn(command, { begun, hardware: found }, hands, terminal, signal)
    }
    if (begun !== null && command.begun !== 'start-over') return offer(command, { begun, hardware: found }, terminal)
    if (begun?.place === 'memory') {
      // What it holds open since this boot counts as in use.
      await releaseEarlier(hands, begun)
      found = await lookAtMachine(hands, command.machine)
    }
  }
  const hardware = command.isDryRun ? imagineFree(found) : found
  const first = await readPlan(hands.system, file, hardware, lookedAt)
  if ('report' in first) return refuse(first)
  if (isUnattended && first.unconfirmed.length > 0) return refuse(refusalOf(first.unconfirmed, file))
  const installed = findInstalled(finished, first.plan, found)
  if (installed !== null) {
    return refuseInstalled(command, installed, { hardware: found, plan: first.plan, terminal, system: hands.system })
  }
  // Asked only now: nobody types secrets for a file that is refused for something else.
  const isAsking = command.what === 'install' && !command.isDryRun && first.asksSecrets
  if (isAsking && terminal.askHidden) await typeWith(first.plan.system.keyboard, hands.system, terminal)
  const secrets = isAsking ? secretsOfFile(hands, file, askOnTerminal(terminal)) : lookedAt
  const planned = isAsking ? await readPlan(hands.system, file, hardware, secrets) : first
  if ('report' in planned) return refuse(planned)
  const { plan, answers } = planned
  if (command.what === 'check') {
    terminal.stdout(`${basename(file)}: no problems found, plan ${plan.hash}\n`)
    return 'done'
  }
  if (command.what === 'plan') {
    terminal.stdout(command.isJson ? planJson(plan) : formatPlan(plan, hardware))
    return 'done'
  }
  if (command.what === 'render') {
    if (command.out === null) throw new Bug('render without --out')
    const files = await makeConfiguration(hands.system, hands.places, plan)
    await writeRendered(hands.system, command.out, files)
    terminal.stdout(`${files.length} files in ${command.out}\n`)
    return 'done'
  }
  const target = await makeTargetFiles(hands.system, hands.places, plan)

  const confirmation = confirmationOf(erasedDisks(answers.disk), hardware)
  if (confirmation === null) throw new Bug('the plan has a disk that the machine has not')
  if (command.isDryRun) {
    if (command.out === null) throw new Bug('a dry run without --out')
    // A made-up key must not be written down by anybody: it is shown to nobody.
    const secrets = secretsOf(
      answers,
      makeRecoveryKey((bytes) => new Uint8Array(bytes)),
    )
    const saved = { begun: null, answersText: writeAnswers(answers), installerVersion: hands.version }
    const dry = {
      ...target,
      ...hands,
      ...saved,
      plan,
      answers,
      hardware,
      secrets,
      confirmation,
      signal,
      out: command.out,
    }
    const outcome = await installDry({ ...dry, onEvent: () => {} })
    if (outcome.status === 'installed') terminal.stdout(`nothing was changed; ${command.out} shows what would be\n`)
    return endingOf(outcome)
  }
  const outcome = await installHeadless({
    ...target,
    ...terminal,
    plan,
    begun: null,
    answersText: writeAnswers(answers),
    installerVersion: hands.version,
    secrets: secretsOf(answers, null),
    recoveryKey: plan.recoveryKey ? 'make' : null,
    confirmation,
    signal,
    system: hands.system,
    liveLog: hands.liveLog,
    progress: command.progress ?? (terminal.isTTY ? 'plain' : 'json'),
    recoveryKeyFile: command.recoveryKeyFile,
  })
  if (outcome.status === 'installed' && command.reboots) await hands.system.run(programs.systemctl, ['reboot'])
  return endingOf(outcome)
}
