import type { TaskId } from '../../src/model/event.ts'
import type { Machine } from '../harness/machine.ts'
import { armStop, goOn, killStopped, type StopPoint } from '../harness/stop-at.ts'
import { withMachine } from '../harness/with-machine.ts'
import { typedAnswers } from '../install/answers.ts'
import { CANARY_PASSPHRASE, CANARY_PASSWORD } from '../install/canary.ts'
import type { Lab } from '../install/disk-machine.ts'
import { withReadyMachine } from '../install/ready-machine.ts'
import { answerAll, confirmAndStart, WizardDriver } from '../install/wizard.ts'
import { leftBehind } from './installer.ts'
import { coldBoot } from './kills.ts'
import { baseMachine, DISK_BYTES, plugIn, setSwitches } from './machines.ts'
import type { Outcome } from './outcome.ts'

/** What a person does at the wizard when something ends the install, on the serial line at 80x24. */

const MINUTE = 60_000
const FULL = { cols: 80, rows: 24 }

/** Types all answers and starts, with a watcher that stops the install at the point. */
async function installUntil(machine: Machine, wizard: WizardDriver, point: StopPoint) {
  for (const canary of [CANARY_PASSPHRASE, CANARY_PASSWORD]) machine.tty.never(canary)
  await setSwitches(machine)
  await answerAll(wizard, typedAnswers({ layout: 'One disk, ext4', serials: ['keystone-a'] }))
  const { reached } = await armStop(machine, point)
  await confirmAndStart(wizard)
  return reached
}

/** The wizard has ended with its process; Enter starts it again, and it offers what was begun. */
async function comeBack({ tty }: Machine, wizard: WizardDriver): Promise<void> {
  await tty.waitUntil(
    'the wizard, or a question before it',
    (screen) => /Press Enter|An earlier install/.test(screen.text()),
    {
      timeoutMs: 4 * MINUTE,
    },
  )
  if (/Press Enter/.test(tty.snapshotText())) await tty.press('Enter')
  await wizard.page('An earlier install', { timeoutMs: 4 * MINUTE })
}

/** From the page that offers it to the end, with the secrets that are needed and no other question. */
async function continueToEnd(wizard: WizardDriver): Promise<void> {
  await wizard.choose(/\) Continue/)
  await wizard.goOn('Secrets')
  await wizard.fill(/^Passphrase of the disks/, CANARY_PASSPHRASE, { isSecret: true })
  if (/Password of the admin/.test(wizard.tty.snapshotText())) {
    await wizard.fill(/^Password of the admin/, CANARY_PASSWORD, { isSecret: true })
    await wizard.fill(/^Once more/, CANARY_PASSWORD, { isSecret: true })
  }
  await wizard.goOn('Installing', { timeoutMs: 2 * MINUTE })
  await wizard.page('Done', { timeoutMs: 40 * MINUTE })
}

const leftProblems = async (machine: Machine) =>
  (await leftBehind(machine)).map((left) => `the install left behind: ${left}`)

/** Killed by SIGKILL at a point, on the same boot. */
export async function killedAtDoor(point: StopPoint): Promise<Outcome> {
  let problems: readonly string[] = []
  await withReadyMachine(`door-kill-${point.task}`, async (machine) => {
    const wizard = new WizardDriver(machine.tty)
    await killStopped(machine, await installUntil(machine, wizard, point))
    await comeBack(machine, wizard)
    await continueToEnd(wizard)
    problems = await leftProblems(machine)
  })
  return { problems }
}

/** The power goes at a point, with what the disk had not flushed. */
export async function powerCutAtDoor(lab: Lab, point: StopPoint): Promise<Outcome> {
  const from = await baseMachine(lab, 'places')
  const { image, bundleDir } = lab
  return withMachine(`door-power-${point.task}`, { image, bundleDir, from, size: FULL }, async (machine) => {
    await plugIn(machine, { id: 'keystone-a', sizeBytes: DISK_BYTES, backend: 'nbd' })
    await machine.agent.succeed('keystone-lab-start')
    const wizard = new WizardDriver(machine.tty)
    await wizard.page('Welcome', { timeoutMs: 3 * MINUTE })
    await installUntil(machine, wizard, point)
    await machine.powerCut()
    await coldBoot(machine)
    await setSwitches(machine)
    await wizard.page('An earlier install', { timeoutMs: 4 * MINUTE })
    await continueToEnd(wizard)
    return { problems: await leftProblems(machine) }
  })
}

/** The terminal goes away: the install lets go of the disks, and the next terminal offers to continue. */
export async function terminalClosed(signal: 'HUP' | 'TERM' | 'INT'): Promise<Outcome> {
  const problems: string[] = []
  await withReadyMachine(`door-${signal}`, async (machine) => {
    const wizard = new WizardDriver(machine.tty)
    const stopped = await installUntil(machine, wizard, { task: 'build', moment: 'before' })
    await machine.agent.succeed(`kill -${signal} ${stopped.pid}`)
    await goOn(machine, stopped)
    await machine.agent.succeed(`timeout 300 bash -c 'while [ -e /proc/${stopped.pid} ]; do sleep 0.2; done'`, {
      timeoutMs: 6 * MINUTE,
    })
    problems.push(...(await leftProblems(machine)))
    await comeBack(machine, wizard)
    await continueToEnd(wizard)
    problems.push(...(await leftProblems(machine)))
  })
  return { problems }
}

/** The window is made too small and large again, while it installs and on the page of a failure; then a retry. */
export async function windowShrunk(): Promise<Outcome> {
  const problems: string[] = []
  await withReadyMachine('door-shrunk', async (machine) => {
    const { tty } = machine
    const wizard = new WizardDriver(tty)
    const shrink = async (title: string) => {
      await tty.resize(20, 5)
      await tty.waitForText('This window', { timeoutMs: MINUTE })
      await tty.resize(FULL.cols, FULL.rows)
      await wizard.page(title, { timeoutMs: MINUTE })
    }
    const stopped = await installUntil(machine, wizard, { task: 'build', moment: 'before' })
    await setSwitches(machine, ['KEYSTONE_LAB_INSTALL_FAILS=trace', 'KEYSTONE_LAB_BUILD_PAUSE_MS=400'])
    await goOn(machine, stopped)
    await shrink('Installing')
    await wizard.page('Stopped', { timeoutMs: 10 * MINUTE })
    await tty.waitUntil('the disks to be let go', (screen) => !/when the disks are let go/.test(screen.text()), {
      timeoutMs: 5 * MINUTE,
    })
    await shrink('Stopped')
    for (const words of [
      'nix stopped with an error',
      'Try again',
      'Open a shell',
      'Save a support bundle',
      'Power off',
    ])
      if (!tty.snapshotText().toLowerCase().includes(words.toLowerCase()))
        problems.push(`after the window was small the failure page does not say: ${words}`)
    await setSwitches(machine)
    await wizard.focus(/Try again/)
    await tty.press('Enter')
    await wizard.page('Done', { timeoutMs: 40 * MINUTE })
    problems.push(...(await leftProblems(machine)))
  })
  return { problems }
}

/** Where the wizard is killed and loses its power: a task with nothing on the disk, the long ones, the last one. */
export const DOOR_TASKS: readonly TaskId[] = [
  'partition',
  'hardware-config',
  'write-config',
  'commit-config',
  'build',
  'install',
  'passwords',
  'enroll-keys',
  'stage-phases',
  'copy-log',
]
