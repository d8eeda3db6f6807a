import type { InstallEvent, TaskId } from '../model/event.ts'

export type TaskProgress = {
  readonly id: TaskId
  readonly title: string
  readonly weight: number
  readonly state: 'waiting' | 'running' | 'done' | 'already-done' | 'failed' | 'undone'
  /** 0..1 */
  readonly fraction: number
  readonly message: string | null
  /** What the task itself says of its time left, and when it did; undefined for a task that never says. */
  readonly ownGuess?: { readonly leftMs: number | null; readonly at: number }
  readonly durationMs: number | null
}

/** What has been heard of an install. Times are in milliseconds since 1970. */
export type InstallProgress = {
  readonly tasks: readonly TaskProgress[]
  readonly log: readonly string[]
  /** How many lines were dropped from the front of `log`. */
  readonly droppedLines: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly planHash: string | null
}

/** More than anybody scrolls back through; the whole log is in a file. */
const LOG_LINES_KEPT = 2000

export const NO_PROGRESS: InstallProgress = {
  tasks: [],
  log: [],
  droppedLines: 0,
  startedAt: null,
  endedAt: null,
  planHash: null,
}

export function addEvents(progress: InstallProgress, events: readonly InstallEvent[]): InstallProgress {
  const lines = events.flatMap((event) => (event.type === 'log' ? [event.line] : []))
  const log = lines.length === 0 ? progress.log : [...progress.log, ...lines]
  const dropped = Math.max(0, log.length - LOG_LINES_KEPT)
  const withLog = { ...progress, log: log.slice(dropped), droppedLines: progress.droppedLines + dropped }
  return events.reduce(addEvent, withLog)
}

function addEvent(progress: InstallProgress, event: InstallEvent): InstallProgress {
  const change = (id: TaskId, changes: Partial<TaskProgress>): InstallProgress => ({
    ...progress,
    tasks: progress.tasks.map((task) => (task.id === id ? { ...task, ...changes } : task)),
  })
  switch (event.type) {
    case 'install-started':
      return {
        ...progress,
        planHash: event.planHash,
        startedAt: Date.parse(event.at),
        endedAt: null,
        tasks: event.tasks.map((task) => ({
          ...task,
          state: 'waiting',
          fraction: 0,
          message: null,
          durationMs: null,
        })),
      }
    case 'task-started':
      return change(event.task, { state: 'running', fraction: 0, message: null })
    case 'task-progress':
      return change(event.task, {
        fraction: event.fraction,
        message: event.message ?? null,
        ...(event.timeLeftMs !== undefined && {
          ownGuess: { leftMs: event.timeLeftMs, at: Date.parse(event.at) },
        }),
      })
    case 'task-finished':
      return change(event.task, { state: event.outcome, fraction: 1, message: null, durationMs: event.durationMs })
    case 'task-failed':
      return { ...change(event.failure.task, { state: 'failed' }), endedAt: Date.parse(event.at) }
    case 'task-undone':
      return change(event.task, { state: 'undone' })
    case 'install-finished':
    case 'install-cancelled':
      return { ...progress, endedAt: Date.parse(event.at) }
    case 'log':
    case 'notice':
    case 'released':
    case 'begun-found':
      return progress
  }
}

/** 0..1 over all tasks, by weight. */
export function fractionDone({ tasks }: InstallProgress): number {
  const whole = tasks.reduce((sum, { weight }) => sum + weight, 0)
  if (whole === 0) return 0
  const done = tasks.reduce((sum, task) => sum + task.weight * shareOf(task), 0)
  return Math.min(1, done / whole)
}

function shareOf({ state, fraction }: TaskProgress): number {
  if (state === 'done' || state === 'already-done' || state === 'undone') return 1
  return state === 'running' ? Math.min(1, Math.max(0, fraction)) : 0
}

/** Earlier than this the guess is worth nothing. */
const GUESS_FROM_FRACTION = 0.05
const GUESS_AFTER_MS = 5000
/** A task that has not said anything for so long may be stuck: then nobody knows. */
const GUESS_HOLDS_MS = 30_000

/** Milliseconds that are left; null while nobody can say. A task that measures its own speed is believed, the others go by
 *  their weights at the speed until now. */
export function timeLeftMs(progress: InstallProgress, now: number): number | null {
  if (progress.startedAt === null) return null
  const elapsedMs = now - progress.startedAt
  const fraction = fractionDone(progress)
  if (fraction < GUESS_FROM_FRACTION || elapsedMs < GUESS_AFTER_MS) return null
  const running = progress.tasks.find(({ state }) => state === 'running')
  if (running?.ownGuess === undefined) return (elapsedMs * (1 - fraction)) / fraction
  const { leftMs, at } = running.ownGuess
  if (leftMs === null || now - at > GUESS_HOLDS_MS) return null
  const { tasks } = progress
  const whole = tasks.reduce((sum, { weight }) => sum + weight, 0)
  const waiting = tasks.reduce((sum, { weight, state }) => sum + (state === 'waiting' ? weight : 0), 0)
  return leftMs + (elapsedMs * (waiting / whole)) / fraction
}
