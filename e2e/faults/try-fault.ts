import { loadSource } from '../../scripts/load-source.mjs'
import type { InstallEvent, TaskId } from '../../src/model/event.ts'
import type { Machine } from '../harness/machine.ts'
import { goOn, killStopped } from '../harness/stop-at.ts'
import { withMachine } from '../harness/with-machine.ts'
import type { Lab } from '../install/disk-machine.ts'
import type { Stopped } from '../lab/watch-journal.ts'
import { putHidden } from '../secrets/guest.ts'
import { REALLY_BYTES } from './catalogue.ts'
import { withEvidence } from './evidence.ts'
import type { Fault } from './fault.ts'
import {
  ANSWERS_FILE,
  beginRun,
  CONTINUE,
  codesOf,
  endOfRun,
  endProblems,
  eventsSoFar,
  FIRST_RUN,
  failureOf,
  finishedIn,
  type Run,
  repeatedIn,
  runToEnd,
  START_OVER,
} from './installer.ts'
import {
  answersOf,
  type Base,
  baseMachine,
  beginStopped,
  byId,
  DISK_BYTES,
  KINDS,
  plugIn,
  prepare,
  withStoppedAt,
} from './machines.ts'
import { type Outcome, toldBy } from './outcome.ts'

/** Injects one fault into an install, compares what becomes of it with what was expected, mends it, and takes the way on to its
 *  end. */
export function tryFault(lab: Lab, fault: Fault, say: (text: string) => void): Promise<Outcome> {
  return withMachineFor(lab, fault, async (machine, stopped) => {
    const faulty = await runWithFault(machine, fault, stopped)
    say(`the run with the fault ended with ${faulty.exitCode}`)
    const problems = [...problemsOf(faulty, fault.expect)]
    if (fault.after.wayOn === 'none needed') {
      problems.push(...(await endProblems(machine, 'the run with the fault', faulty)), ...(await ghosts(machine)))
      // One that was stopped in between has gaps.
      if (fault.moment.when !== 'before the start') return { problems }
      const told = toldBy(faulty.events, KINDS[fault.kind], fault.id)
      return { ...told, problems: [...problems, ...told.problems] }
    }
    if (!fault.mendsAtNotice) await fault.mend(machine)
    problems.push(...(await takeWayOn(machine, fault, faulty)))
    problems.push(...(await screenProblems(faulty, fault)))
    return { problems }
  })
}

async function runWithFault(machine: Machine, fault: Fault, stopped: Stopped | null): Promise<Run> {
  const { moment } = fault
  if (moment.when === 'continuing') {
    if (stopped === null) throw new Error('nothing was stopped that could be killed')
    await killStopped(machine, stopped)
    await endOfRun(machine, FIRST_RUN)
    if (moment.afterTask === undefined) {
      await fault.inject(machine)
      return runToEnd(machine, 'faulty', CONTINUE)
    }
    await beginRun(machine, 'faulty', CONTINUE)
    const again = await stopAfter(machine, 'faulty', moment.afterTask)
    await fault.inject(machine)
    await goOn(machine, again)
    return endOfRun(machine, 'faulty')
  }
  await fault.inject(machine)
  if (moment.when === 'stopped') {
    if (stopped === null) throw new Error('nothing was stopped that could go on')
    await goOn(machine, stopped)
  } else {
    await beginRun(machine, FIRST_RUN)
  }
  if (fault.mendsAtNotice) {
    await untilNotice(machine, fault.expect.code)
    await fault.mend(machine)
  }
  return endOfRun(machine, FIRST_RUN)
}

/** What was on the disk before must not be found any more. */
async function ghosts({ agent }: Machine): Promise<readonly string[]> {
  const { stdout } = await agent.exec(
    `udevadm settle
lsblk -rno FSTYPE,LABEL | grep -E '^(linux_raid_member|LVM2_member|ntfs)|^zfs_member old'
for part in ${byId('keystone-a')} ${byId('keystone-a')}-part*; do
  blkid -p -o value -s TYPE "$part" | grep -E '^(linux_raid_member|LVM2_member|ntfs|ambivalent)'
done
[ ! -e /sys/module/zfs ] || zpool import 2>/dev/null | grep 'pool: old'`,
    { timeoutMs: 2 * 60_000 },
  )
  return stdout === '' ? [] : [`of what was on the disk before there is still: ${stdout.trim().split('\n').join(', ')}`]
}

/** Stops a run that continues as soon as it tells that a task has ended. Its journal begins with what was known already, so a
 *  watcher of that could not tell what is new. */
async function stopAfter({ agent }: Machine, run: string, task: TaskId): Promise<Stopped> {
  const pid = await agent.succeed(
    `timeout 300 bash -c 'until grep -qs "task-finished.*${task}" /run/${run}.out; do sleep 0.02; done'
read -r pid _ </run/keystone/lock && kill -STOP "$pid" && echo "$pid"`,
    { timeoutMs: 6 * 60_000 },
  )
  return { pid: Number(pid), children: [], records: 0 }
}

async function untilNotice(machine: Machine, code: string): Promise<void> {
  const end = Date.now() + 15 * 60_000
  const isTold = (event: InstallEvent) => event.type === 'notice' && event.code === code
  while (Date.now() < end) {
    const events = await eventsSoFar(machine, FIRST_RUN)
    if (events.some(isTold)) return
    if (events.some(({ type }) => type === 'install-finished' || type === 'released')) return
    await machine.agent.succeed('sleep 5')
  }
  throw new Error(`the notice ${code} did not come within 15 minutes`)
}

/** What differs from what was expected of the run with the fault. */
export function problemsOf(run: Run, expect: Fault['expect']): readonly string[] {
  const problems: string[] = []
  if (run.exitCode !== expect.exitCode) problems.push(`it ended with ${run.exitCode} and not with ${expect.exitCode}`)
  const told = JSON.stringify(run.events.at(-1))
  const { event } = expect
  const events = run.events.filter(({ type }) => type === event.type)
  if (events.length === 0)
    return [...problems, `no event ${event.type}; the last is ${told}; stderr: ${run.stderr.slice(0, 600)}`]
  if (event.type === 'notice') {
    const notices = run.events.flatMap((one) => (one.type === 'notice' ? [one] : []))
    const notice = notices.find(({ code }) => code === expect.code)
    if (notice === undefined)
      problems.push(`the notices are ${notices.map(({ code }) => code).join(', ') || 'none'}, not ${expect.code}`)
    else if (!says(expect.screen, notice.message)) problems.push(`the notice says: ${notice.message}`)
    return problems
  }
  if (event.type === 'install-finished') {
    if (!events.some((one) => says(expect.screen, JSON.stringify(one))))
      problems.push(`it does not say ${expect.screen}`)
    return problems
  }
  if (!says(expect.screen, onOneLine(run.stderr)))
    problems.push(`stderr does not say ${expect.screen}: ${run.stderr.slice(0, 600)}`)
  if (event.type === 'begun-found') {
    const codes = run.events.flatMap((one) => (one.type === 'begun-found' ? one.differs.map(({ code }) => code) : []))
    if (!codes.includes(expect.code))
      problems.push(`the difference is ${codes.join(', ') || 'none'}, not ${expect.code}`)
    return problems
  }
  const failure = failureOf(run)
  if (failure === null) return problems
  const codes = codesOf(failure)
  if (!codes.includes(expect.code))
    problems.push(
      `the cause is ${codes.join(', ') || 'unknown'}, not ${expect.code}: ${failure.message} ${failure.command?.lastLines.slice(-4).join(' | ') ?? ''}`,
    )
  if (![event.task].flat().includes(failure.task))
    problems.push(`it failed in ${failure.task}, not in ${[event.task].flat().join(' or ')}`)
  if (
    (failure.diagnosis?.remedy ?? failure.nextSteps).length === 0 &&
    failure.problems.every(({ hint }) => hint === undefined)
  )
    problems.push('it does not say what to do')
  return problems
}

/** Mended, then the way on: to its end, with nothing done twice and nothing left open. */
async function takeWayOn(machine: Machine, fault: Fault, faulty: Run): Promise<readonly string[]> {
  const { after, kind } = fault
  if (after.wayOn === 'answers') {
    await putHidden(machine.agent, ANSWERS_FILE, answersOf(kind, fault.changed))
    const run = await runToEnd(machine, 'changed', START_OVER)
    return endProblems(machine, 'the install with changed answers', run, after.endsWith)
  }
  if (after.endsWith === 'past preflight') {
    const stopped = await beginStopped(machine, { task: 'preflight', moment: 'after' }, 'retry')
    await machine.agent.succeed(`kill -TERM ${stopped.pid}`)
    await goOn(machine, stopped)
    return endProblems(machine, 'the retry that was cancelled', await endOfRun(machine, 'retry'), 130)
  }
  const run = await runToEnd(machine, 'retry', CONTINUE)
  const repeated = repeatedIn(run, finishedOf(faulty, run))
  return [
    ...(await endProblems(machine, 'the retry', run, Number(after.endsWith))),
    ...repeated.map((task) => `the retry did ${task} again, which was finished`),
  ]
}

/** Tasks that the faulty run itself saw to their end on a disk that was well; those of the failed task's time may be lost. */
function finishedOf(faulty: Run, retry: Run): ReturnType<typeof finishedIn> {
  const failure = failureOf(faulty)
  const finished = finishedIn(faulty)
  // A disk that is not well loses what it was given last: then the task before is rightly done again, and all behind it.
  const losesData = ['disk-gone', 'disk-write-error', 'disk-read-error'].includes(failure?.diagnosis?.code ?? '')
  return losesData
    ? finished.filter((task) => task === 'partition')
    : finished.filter((task) => finishedIn(retry).includes(task))
}

/** The same failure as the wizard shows it. */
async function screenProblems(run: Run, { expect }: Fault): Promise<readonly string[]> {
  const event = run.events.findLast((one) => one.type === 'task-failed')
  if (event?.type !== 'task-failed') return []
  const { failedScreen } = (await loadSource('src/testing/failed-screen.ts')) as {
    failedScreen(of: typeof event): Promise<string>
  }
  const text = await failedScreen(event)
  // A long name is cut where the line ends.
  const isThere = says(expect.screen, onOneLine(text)) || says(expect.screen, text.replace(/\s*\n\s*/g, ''))
  const ways = ['Try again', 'Change the answers', 'Open a shell', 'Save a support bundle', 'Power off']
  return [
    ...(isThere ? [] : [`the failure page does not say ${expect.screen}:\n${text}`]),
    ...ways.filter((way) => !text.includes(way)).map((way) => `the failure page does not offer: ${way}`),
  ]
}

/** A sentence begins with a capital on the page, and with none on stderr. */
const says = (words: RegExp, text: string) => new RegExp(words.source, 'i').test(text)

const onOneLine = (text: string) => text.replace(/\s+/g, ' ')

/** The machine that the fault needs, with an installer that stands still where the fault comes, or with none. */
async function withMachineFor<T>(
  lab: Lab,
  fault: Fault,
  body: (machine: Machine, stopped: Stopped | null) => Promise<T>,
): Promise<T> {
  const { id, kind, moment, disk = 'file', memory, fetches } = fault
  const name = `fault-${id}`
  const point = moment.when === 'stopped' ? moment.at : moment.when === 'continuing' ? moment.killedAt : null
  const more = fetches ? { fetchServer: true } : {}
  const isOrdinary = disk === 'file' && memory === undefined && kind !== 'ext4-pin'
  if (isOrdinary && point !== null) return withStoppedAt(lab, name, { kind, point, more }, body)
  const base: Base = memory === 'small' ? 'small-memory' : disk === 'file' ? 'plain' : 'places'
  const from = await baseMachine(lab, base)
  const { image, bundleDir } = lab
  return withMachine(name, { image, bundleDir, from, ...more }, async (machine) => {
    if (disk !== 'file') {
      const really = disk === 'served' ? {} : { really: { bytes: REALLY_BYTES, beyond: disk.really } }
      await plugIn(machine, { id: 'keystone-a', sizeBytes: DISK_BYTES, backend: 'nbd', ...really })
    }
    await prepare(machine, { answers: answersOf(kind) })
    return withEvidence(machine, name, async () =>
      body(machine, point === null ? null : await beginStopped(machine, point)),
    )
  })
}
