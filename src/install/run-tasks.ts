import type { TaskId } from '../model/event.ts'
import { JOURNAL_FILE } from '../model/paths.ts'
import { Cancelled } from '../system/errors.ts'
import type { TaskOutputs } from '../tasks/task.ts'
import { contextFor, type Outputs, throwIfCancelled } from './context-for.ts'
import type { InstallOutcome, RunOptions } from './install-request.ts'
import { type Journal, openJournal, recordQuietly } from './journal.ts'
import type { SequenceEntry } from './sequences.ts'
import { stillHolds } from './still-holds.ts'
import { failedVerification, isBug, isSystemError, toTaskFailure } from './task-failure.ts'
import { undoAll } from './undo-all.ts'

/** Works through the list: check (on resume), run, verify. After a failure or a cancel, what can be undone is undone,
 *  newest first. Never throws for what a task does: the outcome says it. */
export async function runTasks(options: RunOptions): Promise<InstallOutcome> {
  const { tasks, system, log, plan, secrets, signal, onEvent } = options
  for (const secret of Object.values(secrets)) if (secret !== null) log.hide(secret)
  const startedAt = system.now().getTime()
  const at = () => system.now().toISOString()
  const list = tasks.map(({ id, title, weight }) => ({ id, title, weight }))
  onEvent({ type: 'install-started', at: at(), planHash: plan.hash, tasks: list })

  const outputs: Partial<Record<TaskId, TaskOutputs>> = {}
  const begun: SequenceEntry[] = []
  let journal: Journal | null = null
  let current = tasks[0]
  try {
    journal = await openJournalIfPossible(options)
    // A task that runs again makes everything after it run again, because that was built on what is replaced now.
    let canSkip = options.resume
    for (const task of tasks) {
      current = task
      throwIfCancelled(signal)
      begun.push(task)
      const taskStartedAt = system.now().getTime()
      onEvent({ type: 'task-started', at: at(), task: task.id, title: task.title })
      const earlier = canSkip ? journal?.before.finished.get(task.id) : undefined
      if (earlier !== undefined) outputs[task.id] = earlier
      const isDone = earlier !== undefined && (await stillHolds(task, options, outputs))
      if (!isDone) {
        canSkip &&= task.changesNothing === true
        await recordQuietly(journal, { state: 'started', task: task.id })
        outputs[task.id] = await perform(task, options, outputs)
        await recordQuietly(journal, { state: 'finished', task: task.id, outputs: outputs[task.id] ?? {} })
      }
      const durationMs = system.now().getTime() - taskStartedAt
      onEvent({ type: 'task-finished', at: at(), task: task.id, outcome: isDone ? 'already-done' : 'done', durationMs })
    }
    await recordQuietly(journal, { state: 'installed' })
    onEvent({ type: 'install-finished', at: at(), durationMs: system.now().getTime() - startedAt })
    return { status: 'installed' }
  } catch (error) {
    if (current === undefined) throw error
    const undo = () => undoAll(begun, options, outputs, journal)
    if (error instanceof Cancelled || signal.aborted) {
      log.write(`cancelled in "${current.title}"`)
      const problems = await undo()
      await recordQuietly(journal, { state: 'cancelled' })
      onEvent({ type: 'install-cancelled', at: at(), task: current.id })
      return { status: 'cancelled', problems }
    }
    let failure = toTaskFailure(current, error, log.mask)
    log.write(
      `failed in "${current.title}": ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
    // Told before the undo: should that hang, the person at least reads why.
    onEvent({ type: 'task-failed', at: at(), failure })
    await recordQuietly(journal, { state: 'failed', task: current.id })
    const problems = await undo()
    if (problems.length > 0) {
      failure = { ...failure, problems: [...failure.problems, ...problems] }
      onEvent({ type: 'task-failed', at: at(), failure })
    }
    return { status: 'failed', failure, error, isBug: isBug(error) }
  }
}

async function openJournalIfPossible(options: RunOptions): Promise<Journal | null> {
  const { system, plan, resume, log, journalFile: file = JOURNAL_FILE } = options
  if (file === null) return null
  try {
    return await openJournal(system, { file, planHash: plan.hash, resume })
  } catch (error) {
    if (!isSystemError(error)) throw error
    // Without it an install cannot be resumed, and nothing else is lost. Often it means: not root, which preflight says.
    log.write(`there will be no journal: ${error.message}`)
    return null
  }
}

async function perform(task: SequenceEntry, options: RunOptions, outputs: Outputs): Promise<TaskOutputs> {
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
