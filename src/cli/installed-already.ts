import { isMarkOf } from '../install/install-mark.ts'
import type { InstallEvent } from '../model/event.ts'
import type { Hardware } from '../model/hardware.ts'
import type { FinishedInstall } from '../model/install-mark.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { formatCommand } from '../system/command-line.ts'
import type { System } from '../system/system.ts'
import { describeDisk, formatDay, formatMoment } from '../ui/begun-words.ts'
import type { Command } from './arguments.ts'
import type { Ending } from './ending.ts'
import type { Terminal } from './terminal.ts'

/** The finished install of these answers on a disk that this plan would erase; null when there is none. One of other answers
 *  is no reason to stop: that its disk may be erased is what the answer file says. */
export function findInstalled(
  finished: readonly FinishedInstall[],
  plan: Plan,
  { disks }: Pick<Hardware, 'disks'>,
): FinishedInstall | null {
  const targets = new Set(plan.storage.disks.map(({ id }) => id))
  const isTarget = (path: string) =>
    disks.some((disk) => disk.path === path && disk.id !== null && targets.has(disk.id))
  return finished.find(({ mark, diskPath }) => isTarget(diskPath) && isMarkOf(mark, plan)) ?? null
}

/** The same machine, and its disks say what is installed on them: `primer (Keystone, 22 November 2026)`. The wizard asks for
 *  their names before it erases them, so there it is enough to say it. */
export function withFinished(hardware: Hardware, finished: readonly FinishedInstall[]): Hardware {
  const disks = hardware.disks.map((disk) => {
    const mark = finished.find(({ diskPath }) => diskPath === disk.path)?.mark
    if (mark === undefined) return disk
    return { ...disk, contents: [`${mark.hostName} (Keystone, ${formatDay(mark.finishedAt)})`, ...disk.contents] }
  })
  return { ...hardware, disks }
}

/** Whoever starts an install without a screen may not be there: a medium that was left in the machine, or a script that runs
 *  again. That the answer file allows to erase the disks was said once, of what was on them before. */
export function refuseInstalled(
  command: Command,
  { mark, diskPath }: FinishedInstall,
  {
    hardware,
    plan,
    terminal,
    system,
  }: {
    readonly hardware: Hardware
    readonly plan: Plan
    readonly terminal: Terminal
    readonly system: Pick<System, 'now'>
  },
): Ending {
  const file = command.answers ?? 'FILE'
  const disk = hardware.disks.find(({ path }) => path === diskPath)
  const { planHash, hostName, installerVersion, finishedAt } = mark
  const problem: Problem = {
    code: 'installed-already',
    path: ['hardware', 'disks', disk?.id ?? diskPath],
    message: `this machine was installed from these answers on ${formatMoment(finishedAt)}`,
    hint: 'remove the medium and restart; to erase the disks and install again: --begun start-over',
  }
  if ((command.progress ?? (terminal.isTTY ? 'plain' : 'json')) === 'json') {
    const at = system.now().toISOString()
    const event: InstallEvent = {
      type: 'installed-found',
      at,
      planHash,
      hostName,
      installerVersion,
      finishedAt,
      problem,
    }
    terminal.stdout(`${JSON.stringify(event)}\n`)
  }
  const lines = [
    `This machine was installed from the answers in ${file} already. Nothing was changed.`,
    `  finished  ${formatMoment(finishedAt)}, by Keystone ${installerVersion}`,
    `  machine   ${hostName}`,
    `  disk      ${disk === undefined ? diskPath : describeDisk(disk)}`,
    ...(planHash === plan.hash
      ? []
      : ['Its disks were not all the same then, or another version of Keystone installed it.']),
    'Remove the installation medium and restart: the machine then starts from its disks.',
    'If it is to be erased and installed again, say so:',
    `  ${formatCommand('keystone', ['install', '--answers', file, '--begun', 'start-over'])}`,
    'or open the wizard, where the names of the disks are typed.',
  ]
  terminal.stderr(`${lines.join('\n')}\n`)
  return 'machine-unfit'
}
