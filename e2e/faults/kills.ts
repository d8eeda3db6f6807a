import type { TaskId } from '../../src/model/event.ts'
import type { Machine } from '../harness/machine.ts'
import { goOn, killStopped, type StopPoint } from '../harness/stop-at.ts'
import { withMachine } from '../harness/with-machine.ts'
import type { Lab } from '../install/disk-machine.ts'
import { bootProblems } from './cuts.ts'
import { withEvidence } from './evidence.ts'
import {
  CONTINUE,
  endOfRun,
  endProblems,
  FIRST_RUN,
  type Looked,
  leftBehind,
  look,
  repeatedIn,
  runToEnd,
} from './installer.ts'
import {
  answersOf,
  baseMachine,
  beginStopped,
  DISK_BYTES,
  type Kind,
  plugIn,
  prepare,
  withStopped,
  withStoppedAt,
} from './machines.ts'
import type { Outcome } from './outcome.ts'

const MINUTE = 60_000

/** How long after its beginning "during" is; of the short tasks as good as at once. */
const MS_INTO: Partial<Record<TaskId, number>> = {
  partition: 4000,
  build: 1500,
  install: 4000,
  'enroll-keys': 800,
  unmount: 300,
}

/** The points of an install at which it is killed or its power goes: each task that changes something at three moments. */
export const POINTS: readonly StopPoint[] = [
  ...(
    [
      'preflight',
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
      'unmount',
    ] as const satisfies readonly TaskId[]
  ).flatMap((task): readonly StopPoint[] => [
    { task, moment: 'before' },
    { task, moment: 'during', msIn: MS_INTO[task] ?? 100 },
    { task, moment: 'after' },
  ]),
  // With its end the process ends.
  { task: 'finish', moment: 'before' },
]

export const nameOf = ({ task, moment }: StopPoint) => `${task}:${moment}`

export function pointNamed(name: string): StopPoint {
  const point = POINTS.find((one) => nameOf(one) === name)
  if (point === undefined) throw new Error(`there is no point ${name}`)
  return point
}

/** Kills the installer with SIGKILL at one point, on the same boot, and goes on without a screen. */
export function tryKill(lab: Lab, kind: Kind, point: StopPoint, say: (text: string) => void): Promise<Outcome> {
  const name = `kill-${kind}-${point.task}-${point.moment}`
  return withStoppedAt(lab, name, { kind, point }, async (machine, stopped) => {
    await killStopped(machine, stopped)
    await endOfRun(machine, FIRST_RUN)
    return goOnFrom(machine, point, 'memory', say)
  })
}

/** Cuts the power at one point of a running install: what the disk did not flush is lost. Then a cold boot of the installer. */
export async function tryPowerCut(
  lab: Lab,
  kind: Kind,
  point: StopPoint,
  say: (text: string) => void,
): Promise<Outcome> {
  const from = await baseMachine(lab, 'places')
  const { image, bundleDir } = lab
  const name = `power-${kind}-${point.task}-${point.moment}`
  return withMachine(name, { image, bundleDir, from }, async (machine) => {
    await plugIn(machine, { id: 'keystone-a', sizeBytes: DISK_BYTES, backend: 'nbd' })
    await prepare(machine, { answers: answersOf(kind) })
    await beginStopped(machine, point)
    await machine.powerCut({ keep: 'random', seed: POINTS.indexOf(point) + 1 })
    await coldBoot(machine)
    await prepare(machine, { answers: answersOf(kind) })
    if (kind === 'zfs' && point.task === 'install') await becomeAnotherHost(machine)
    const outcome = await withEvidence(machine, name, () => goOnFrom(machine, point, 'target', say))
    if (point.task !== 'unmount' || outcome.problems.length > 0) return outcome
    return { ...outcome, problems: await bootProblems(machine) }
  })
}

/** As from another medium: ZFS then refuses a pool that was not exported, unless it is told that this is meant. */
async function becomeAnotherHost({ agent }: Machine): Promise<void> {
  await agent.succeed(
    'modprobe zfs && echo 305419896 >/sys/module/spl/parameters/spl_hostid && [ "$(cat /sys/module/spl/parameters/spl_hostid)" = 305419896 ]',
    { timeoutMs: 2 * MINUTE },
  )
}

/** The installer's own medium once more, from nothing. Its wizard has looked at the disks when this returns: it mounts what it
 *  reads for a moment, and two that look at once would be in each other's way. */
export async function coldBoot(machine: Machine): Promise<void> {
  await machine.tty.screen.write('\x1bc')
  await machine.powerOn()
  await machine.waitReady()
  await machine.agent.succeed('systemctl is-system-running --wait || true; udevadm settle', { timeoutMs: 10 * MINUTE })
  await machine.tty.waitUntil('the first page', (screen) => /An earlier install|Welcome/.test(screen.text()), {
    timeoutMs: 4 * MINUTE,
  })
  // The other line has its own wizard.
  await machine.agent.succeed(
    "timeout 120 bash -c 'while findmnt -rno TARGET | grep -q ^/run/keystone/begun; do sleep 0.5; done'",
    {
      timeoutMs: 3 * MINUTE,
    },
  )
}

/** After a kill or a cut: what was finished is found, nothing of it is done again, and it comes to its end. */
async function goOnFrom(
  machine: Machine,
  point: StopPoint,
  place: 'memory' | 'target',
  say: (text: string) => void,
): Promise<Outcome> {
  const found = await look(machine)
  say(found === null ? 'nothing was begun' : `${finishedOf(found).length} tasks finished`)
  const problems = [...lookProblems(found, point, place)]
  if (found === null && point.task === 'unmount' && place === 'target') {
    // The journal goes as the first thing of it. What is left to do is nothing: the disk is installed.
    return { problems: [...problems, ...(await bootProblems(machine))] }
  }
  const run = await runToEnd(machine, 'continued', CONTINUE)
  problems.push(...(await endProblems(machine, 'the install that went on', run)))
  const finished = found === null ? [] : finishedOf(found)
  problems.push(...repeatedIn(run, finished).map((task) => `${task} was done again, which was finished`))
  return { problems }
}

const finishedOf = ({ tasks }: Looked): readonly TaskId[] =>
  tasks.filter(({ stand }) => stand === 'finished').map(({ id }) => id)

/** Is what was begun offered as it was left? After a power cut in the task that makes the disk there is nothing to go on with:
 *  the journal comes there as its last act. */
export function lookProblems(
  found: Looked | null,
  { task, moment }: StopPoint,
  place: 'memory' | 'target',
): readonly string[] {
  const isEarly = task === 'preflight' || (task === 'partition' && moment !== 'after')
  const mayBeMissing =
    task === 'preflight' || (place === 'target' && (isEarly || task === 'unmount' || task === 'finish'))
  if (found === null) return mayBeMissing ? [] : ['nothing was found of the install that was begun']
  const problems: string[] = []
  if (found.problems.length > 0) problems.push(`it cannot go on: ${found.problems.map(({ code }) => code).join(', ')}`)
  if (found.place !== place) problems.push(`it was found in ${found.place}, not in ${place}`)
  const stand = found.tasks.find(({ id }) => id === task)?.stand
  // A short one may be done before the watcher sees that it has begun; of a power cut the last record may be lost.
  const wanted = moment === 'after' ? ['finished'] : ['begun', 'finished']
  if (place === 'target') wanted.push('begun', 'not begun')
  if (stand !== undefined && !wanted.includes(stand)) problems.push(`${task} is ${stand}, not ${wanted.join(' or ')}`)
  return problems
}

/** Asks the installer to end by a signal at a point, and looks that it leaves nothing open. `INT`, `TERM`, `HUP`. */
export function trySignal(lab: Lab, signal: string, point: StopPoint): Promise<Outcome> {
  return withStoppedAt(lab, `signal-${signal}-${point.task}`, { kind: 'ext4', point }, async (machine, stopped) => {
    await machine.agent.succeed(`kill -${signal} ${stopped.pid}`)
    await goOn(machine, stopped)
    const run = await endOfRun(machine, FIRST_RUN)
    const problems = [...(await endProblems(machine, `SIG${signal}`, run, 130))]
    if (!run.events.some(({ type }) => type === 'install-cancelled'))
      problems.push('no event says that it was cancelled')
    return { problems }
  })
}

/** A second installer while the first one works: refused, and the first goes on. */
export function trySecond(lab: Lab): Promise<Outcome> {
  return withStopped(lab, 'second-installer', { kind: 'ext4', task: 'build' }, async (machine, stopped) => {
    const problems: string[] = []
    for (const args of ['install', CONTINUE, 'install --begun start-over']) {
      const second = await runToEnd(machine, 'second', args)
      if (second.exitCode === 0) problems.push(`a second "${args}" ended with ${second.exitCode}`)
      if (!/running on this machine/.test(second.stderr)) problems.push(`a second "${args}" says: ${second.stderr}`)
    }
    // It must not have let go of what the first one holds.
    if (!(await leftBehind(machine)).some((held) => held === 'mount /mnt'))
      problems.push('the first one lost its mounts')
    await goOn(machine, stopped)
    problems.push(...(await endProblems(machine, 'the first install', await endOfRun(machine, FIRST_RUN))))
    return { problems }
  })
}
