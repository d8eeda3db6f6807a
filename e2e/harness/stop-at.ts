import type { TaskId } from '../../src/model/event.ts'
import type { Moment, Stopped } from '../lab/watch-journal.ts'
import type { Agent } from './agent.ts'

/** `before`: the task has its record, and as good as nothing is done. `during`: `msIn` milliseconds of the guest later.
 *  `after`: it is recorded as finished. */
export type StopPoint = { readonly task: TaskId; readonly moment: Moment; readonly msIn?: number }

type Guest = { readonly agent: Pick<Agent, 'exec' | 'succeed'> }

/** Longer than any install under emulation. */
const LIMIT_MS = 30 * 60_000
const WATCHER = '/opt/keystone/lab/watch-journal.mjs'
const READY = '/run/keystone-lab-watch.ready'

/** Has a watcher in the guest wait for that point of the next install (or of one that goes on). Returns when it watches:
 *  start the install then. `reached` gives what was stopped, and rejects when the install was over before. */
export async function armStop(
  { agent }: Guest,
  { task, moment, msIn = 0 }: StopPoint,
  { timeoutMs = LIMIT_MS }: { timeoutMs?: number } = {},
): Promise<{ readonly reached: Promise<Stopped> }> {
  await agent.succeed(`rm -f ${READY}`)
  // Before all others: what it is late by, the installer goes on.
  const watch = `exec nice -n -10 node ${WATCHER} --task ${task} --moment ${moment} --ms ${msIn} --ready ${READY}`
  const reached = agent.exec(watch, { timeoutMs }).then(({ code, stdout, stderr }): Stopped => {
    if (code !== 0) throw new Error(`nothing was stopped ${moment} ${task}: ${stderr.trim() || `exit code ${code}`}`)
    return JSON.parse(stdout) as Stopped
  })
  // Whoever waits for it hears of it; the machine may go off before.
  reached.catch(() => {})
  const isReady = agent.succeed(`until [ -e ${READY} ]; do sleep 0.1; done`)
  await Promise.race([isReady, reached])
  return { reached }
}

/** The same for an install that takes its time to begin: it must not have come to that point yet. */
export async function stopAt(machine: Guest, at: StopPoint): Promise<Stopped> {
  return (await armStop(machine, at)).reached
}

/** Lets what was stopped go on. */
export async function goOn({ agent }: Guest, { pid, children }: Stopped): Promise<void> {
  await agent.exec(`kill -CONT ${[...children, pid].join(' ')}`)
}

/** Kills a stopped installer. Its programs go on without it, as they would. */
export async function killStopped({ agent }: Guest, { pid, children }: Stopped): Promise<void> {
  await agent.succeed(`kill -KILL ${pid}; while [ -e /proc/${pid} ]; do sleep 0.1; done`)
  if (children.length > 0) await agent.exec(`kill -CONT ${children.join(' ')}`)
}
