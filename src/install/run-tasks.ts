import { readOomKills } from '../failures/read-facts.ts'
import type { TaskId } from '../model/event.ts'
import { Cancelled, UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { TaskOutputs } from '../tasks/task.ts'
import { contextFor, type Outputs, type Run, throwIfCancelled } from './context-for.ts'
import { expectedMs } from './durations.ts'
import type { InstallOutcome, RunOptions } from './install-request.ts'
import { type Journal, recordQuietly } from './journal.ts'
import { missingSecrets } from './needed-secrets.ts'
import { findLeft, keepJournalFor, openJournalIfPossible, TARGET_JOURNAL } from './run-journal.ts'
import type { SequenceEntry } from './sequences.ts'
import { START_OVER, stillHolds } from './still-holds.ts'
import { explainFailure, failedVerification, isBug, toTaskFailure } from './task-failure.ts'
import { undoAll } from './undo-all.ts'

/** Works through the list: check (going on with an install that was begun), run, verify. After a failure or a cancel, what
 *  can be undone is undone, newest first. Never throws for what a task does: the outcome says it. */
export async function runTasks(options: RunOptions): Promise<InstallOutcome> {
  const { tasks, system, log, plan, secrets, signal, onEvent } = options
  for (const secret of Object.values(secrets)) if (secret !== null) log.hide(secret)
  const startedAt = system.now().getTime()
  const at = () => system.now().toISOString()
  const list = tasks.map(({ id, title, weight }) => ({ id, title, weight, expectedMs: expectedMs(id, plan) }))
  onEvent({ type: 'install-started', at: at(), planHash: plan.hash, tasks: list })

  const outputs: Partial<Record<TaskId, TaskOutputs>> = {}
  const entered: SequenceEntry[] = []
  let run: Run = { ...options, leftBy: null }
  const before = { oomKills: await readOomKills(system) }
  let journal: Journal | null = null
  let current = tasks[0]
  /** A task was begun to be done in this run, and is not finished. */
  let isAtWork = false
  try {
    refuseOther(options)
    run = { ...options, leftBy: await findLeft(options) }
    journal = await openJournalIfPossible(options)
    // A task that runs again makes everything after it run again, because that was built on what is replaced now.
    let canSkip = options.begun !== null
    for (const task of tasks) {
      current = task
      throwIfCancelled(signal)
      entered.push(task)
      const taskStartedAt = system.now().getTime()
      onEvent({ type: 'task-started', at: at(), task: task.id, title: task.title })
      const earlier = canSkip ? finishedBefore(task.id, options) : null
      if (earlier !== null) outputs[task.id] = earlier
      const isDone = earlier !== null && (await stillHolds(task, run, outputs))
      if (isDone) {
        await keepJournalFor(task, journal, options)
      } else {
        const leavesLater = task.changesNothing === true || task.leavesLater === true
        if (earlier !== null && !leavesLater) refuseWithoutSecrets(task, tasks, options)
        canSkip &&= leavesLater
        await recordQuietly(journal, { state: 'started', task: task.id })
        isAtWork = true
        if (task.target === 'goes') journal?.leave(TARGET_JOURNAL)
        outputs[task.id] = await perform(task, run, outputs)
        // The journal must not be ahead of the disks: what it calls finished has to be there after a power cut.
        if (journal !== null && task.changesNothing !== true) await system.run(programs.sync, [], { signal })
        const finished = { state: 'finished', task: task.id, outputs: outputs[task.id] ?? {} } as const
        await keepJournalFor(task, journal, options, finished)
        isAtWork = false
      }
      const durationMs = system.now().getTime() - taskStartedAt
      onEvent({ type: 'task-finished', at: at(), task: task.id, outcome: isDone ? 'already-done' : 'done', durationMs })
    }
    await recordQuietly(journal, { state: 'installed' })
    onEvent({ type: 'install-finished', at: at(), durationMs: system.now().getTime() - startedAt })
    return { status: 'installed' }
  } catch (error) {
    if (current === undefined) throw error
    // From here on the target is let go, and its esp with it. What is left to be told is for this boot only: a disk that does
    // not answer must not keep the others from being let go.
    journal?.leave(TARGET_JOURNAL)
    const release = async () => {
      const problems = await undoAll(entered, run, outputs, journal)
      onEvent({ type: 'released', at: at(), problems })
      return problems
    }
    if (error instanceof Cancelled || signal.aborted) {
      log.write(`cancelled in "${current.title}"`)
      await recordQuietly(journal, { state: 'cancelled' })
      const problems = await release()
      onEvent({ type: 'install-cancelled', at: at(), task: current.id })
      return { status: 'cancelled', problems }
    }
    const failure = await explainFailure(current, error, { system, plan, mask: log.mask, before })
    log.write(
      `failed in "${current.title}": ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
    // Told before the undo: should that hang, the person at least reads why.
    onEvent({ type: 'task-failed', at: at(), failure })
    // What never began to be done did not fail: disks that cannot be opened again were formatted all the same.
    if (isAtWork) await recordQuietly(journal, { state: 'failed', task: current.id })
    const problems = await release()
    const told = { ...failure, problems: [...failure.problems, ...problems] }
    return { status: 'failed', failure: told, error, isBug: isBug(error) }
  }
}

function refuseOther({ begun, plan }: RunOptions): void {
  if (begun === null) return
  const nextSteps = ['begin again from the start; it erases the disks of the new plan']
  if (begun.saved.planHash !== plan.hash) {
    throw new UserError('the installation that was begun on this machine was another one', { nextSteps })
  }
  if (begun.problems.length === 0) return
  throw new UserError('the installation that was begun cannot go on', { nextSteps, problems: begun.problems })
}

/** An install that goes on asks only for the secrets of what is left to do. When more has to be done again, the others are
 *  missing, and to find that out after the disks were formatted would be too late. */
function refuseWithoutSecrets(task: SequenceEntry, tasks: readonly SequenceEntry[], { plan, secrets }: RunOptions) {
  const rest = tasks.slice(tasks.indexOf(task)).map(({ id }) => id)
  if (missingSecrets(plan, secrets, rest).length === 0) return
  throw new UserError(`what "${task.title}" had done is not there any more, so the installation cannot go on`, {
    nextSteps: ['retry, if a disk was unplugged', START_OVER],
  })
}

/** Null: not finished by the run before. */
function finishedBefore(task: TaskId, { begun }: RunOptions): TaskOutputs | null {
  const isFinished = begun?.tasks.some(({ id, stand }) => id === task && stand === 'finished') ?? false
  return isFinished ? (begun?.outputs[task] ?? {}) : null
}

async function perform(task: SequenceEntry, options: Run, outputs: Outputs): Promise<TaskOutputs> {
  try {
    const given = (await task.run(contextFor(task, options, outputs))) ?? {}
    throwIfCancelled(options.signal)
    const problems = await task.verify(contextFor(task, options, { ...outputs, [task.id]: given }))
    if (problems.length > 0) throw failedVerification(task, problems)
    return given
  } catch (error) {
    if (task.ifItFails === 'stop' || error instanceof Cancelled || options.signal.aborted || isBug(error)) throw error
    const { message, problems } = toTaskFailure(task, error, options.log.mask)
    options.log.write(`"${task.title}" failed, going on without it: ${message}`)
    for (const problem of problems) options.log.write(`  ${problem.message}`)
    return {}
  }
}
