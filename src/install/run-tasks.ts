import type { Confirmation } from '../model/answers.ts'
import type { InstallEvent, TaskFailure, TaskId } from '../model/event.ts'
import { JOURNAL_FILE } from '../model/paths.ts'
import type { Plan, RenderedFile } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import type { Secret } from '../model/secret.ts'
import { Cancelled } from '../system/errors.ts'
import type { Log } from '../system/log.ts'
import type { System } from '../system/system.ts'
import type { TaskContext, TaskOutputs } from '../tasks/task.ts'
import { cancellableSystem } from './cancellable-system.ts'
import { type Journal, openJournal } from './journal.ts'
import type { SequenceEntry } from './sequences.ts'
import { failedVerification, isBug, isSystemError, toTaskFailure } from './task-failure.ts'

export type InstallRequest = {
  readonly plan: Plan
  readonly files: readonly RenderedFile[]
  readonly phaseFiles: readonly RenderedFile[]
  readonly secrets: TaskContext['secrets']
  readonly confirmation: Confirmation | null
  /** Skip what an earlier run of the same plan finished, as long as it still holds. */
  readonly resume: boolean
  readonly signal: AbortSignal
  onEvent(event: InstallEvent): void
  /** Shown once, by whoever listens; never logged, never in an event. */
  onRecoveryKey(recoveryKey: Secret): void
}

export type InstallOutcome =
  | { readonly status: 'installed' }
  /** `problems`: what could not be undone. */
  | { readonly status: 'cancelled'; readonly problems: readonly Problem[] }
  | { readonly status: 'failed'; readonly failure: TaskFailure; readonly error: unknown; readonly isBug: boolean }

export type RunOptions = InstallRequest & {
  readonly tasks: readonly SequenceEntry[]
  readonly system: System
  readonly log: Pick<Log, 'write' | 'hide' | 'mask'>
  /** Null: none, for a dry run. */
  readonly journalFile?: string | null
}

/** Works through the list: check (on resume), run, verify. After a failure or a cancel, what can be undone is undone,
 *  newest first. Never throws for what a task does: the outcome says it. */
export async function runTasks(options: RunOptions): Promise<InstallOutcome> {
  const { tasks, system, log, plan, secrets, signal, onEvent } = options
  log.hide(secrets.passphrase)
  log.hide(secrets.password)
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
        await journal?.record({ state: 'started', task: task.id })
        outputs[task.id] = await perform(task, options, outputs)
        await journal?.record({ state: 'finished', task: task.id, outputs: outputs[task.id] ?? {} })
      }
      const durationMs = system.now().getTime() - taskStartedAt
      onEvent({ type: 'task-finished', at: at(), task: task.id, outcome: isDone ? 'already-done' : 'done', durationMs })
    }
    await journal?.record({ state: 'installed' })
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

/** Is what an earlier run did still there, or can it be brought back? */
async function stillHolds(
  task: SequenceEntry,
  options: RunOptions,
  outputs: Readonly<Partial<Record<TaskId, TaskOutputs>>>,
): Promise<boolean> {
  const context = contextFor(task, options, outputs)
  const holds = async () => (await task.check(context)) === 'done' && (await task.verify(context)).length === 0
  if (await holds()) return true
  if (task.restore === undefined) return false
  try {
    await task.restore(context)
    if (await holds()) return true
  } catch (error) {
    throwIfCancelled(options.signal)
    if (isBug(error)) throw error
    options.log.write(`cannot go on with what is there: ${toTaskFailure(task, error, options.log.mask).message}`)
  }
  options.log.write(`"${task.title}" starts over`)
  // A half restore stands in the way of a fresh start.
  await task.undo?.(context)
  return false
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

async function perform(
  task: SequenceEntry,
  options: RunOptions,
  outputs: Partial<Record<TaskId, TaskOutputs>>,
): Promise<TaskOutputs> {
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

/** In the order of the list from its end. One undo that fails does not keep the others from running. */
async function undoAll(
  begun: readonly SequenceEntry[],
  options: RunOptions,
  outputs: Partial<Record<TaskId, TaskOutputs>>,
  journal: Journal | null,
): Promise<readonly Problem[]> {
  const { system, log, onEvent } = options
  const problems: Problem[] = []
  for (const task of begun.toReversed()) {
    if (task.undo === undefined) continue
    try {
      // The person's cancel must not cancel the tidying up as well.
      await task.undo({ ...contextFor(task, options, outputs), system, signal: new AbortController().signal })
      await recordQuietly(journal, { state: 'undone', task: task.id })
      onEvent({ type: 'task-undone', at: system.now().toISOString(), task: task.id })
    } catch (error) {
      const { message, command } = toTaskFailure({ ...task, nextSteps: [] }, error, log.mask)
      const text = `"${task.title}" could not be undone: ${message}`
      log.write(text)
      const hint = 'restart the machine before you use the disks'
      problems.push({
        code: 'undo-failed',
        path: ['target'],
        message: command ? `${text} (${command.line})` : text,
        hint,
      })
    }
  }
  return problems
}

function contextFor(
  task: SequenceEntry,
  options: RunOptions,
  outputs: Readonly<Partial<Record<TaskId, TaskOutputs>>>,
): TaskContext {
  const { plan, files, phaseFiles, secrets, confirmation, system, log, signal, onEvent, onRecoveryKey } = options
  return {
    plan,
    files,
    phaseFiles,
    secrets,
    confirmation,
    outputs: { ...outputs },
    signal,
    system: cancellableSystem(system, signal),
    log: (line) => log.write(line),
    progress(fraction, message) {
      const at = system.now().toISOString()
      const event = { type: 'task-progress', at, task: task.id, fraction } as const
      onEvent(message === undefined ? event : { ...event, message })
    },
    showOnce: onRecoveryKey,
  }
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new Cancelled('the installation was cancelled')
}

/** The journal is on the same machine that just failed: its own failure must not hide the first one. */
async function recordQuietly(journal: Journal | null, record: Parameters<Journal['record']>[0]): Promise<void> {
  try {
    await journal?.record(record)
  } catch {
    // The log has the story.
  }
}
