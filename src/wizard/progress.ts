import type { InstallEvent, ProgressBytes, TaskId } from '../model/event.ts'
import { doneShare } from './time-left.ts'

export type TaskProgress = {
  readonly id: TaskId
  readonly title: string
  readonly weight: number
  /** By measurement on other machines. */
  readonly expectedMs: number
  readonly state: 'waiting' | 'running' | 'done' | 'already-done' | 'failed' | 'undone'
  /** 0..1; never falls while it runs. */
  readonly fraction: number
  readonly message: string | null
  readonly startedAt: number | null
  /** What the task itself says of its time left, and when it did; undefined for a task that never says. */
  readonly ownGuess?: { readonly leftMs: number | null; readonly at: number }
  /** What it has written, as it was told last. */
  readonly bytes?: ProgressBytes
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
  /** Of the last event. */
  readonly heardAt: number | null
  /** 0..1, what the bar shows: never less than before, whatever is heard. */
  readonly shown: number
  /** What was done of all that was known then. It falls when more work is found; `shown` does not. */
  readonly share: number
  /** What stops nothing, but should be read; the same code once. */
  readonly notices: readonly { readonly code: string; readonly message: string }[]
}

/** More than anybody scrolls back through; the whole log is in a file. */
const LOG_LINES_KEPT = 2000
/** Of a task on an installer that did not measure: its weight is a share, so this is any unit. */
const MS_OF_WEIGHT = 1000

export const NO_PROGRESS: InstallProgress = {
  tasks: [],
  log: [],
  droppedLines: 0,
  startedAt: null,
  endedAt: null,
  planHash: null,
  heardAt: null,
  shown: 0,
  share: 0,
  notices: [],
}

export function addEvents(progress: InstallProgress, events: readonly InstallEvent[]): InstallProgress {
  const lines = events.flatMap((event) => (event.type === 'log' ? [event.line] : []))
  const log = lines.length === 0 ? progress.log : [...progress.log, ...lines]
  const dropped = Math.max(0, log.length - LOG_LINES_KEPT)
  const withLog = { ...progress, log: log.slice(dropped), droppedLines: progress.droppedLines + dropped }
  return events.reduce<InstallProgress>((before, event) => moveBar(before, addEvent(before, event), event), withLog)
}

/** 0..1 over all tasks, by what they take. Never falls over `addEvents`. */
export function fractionDone({ shown }: InstallProgress): number {
  return shown
}

/** After more work was found, what is left of the bar is shared by what is left of the work. */
function moveBar(before: InstallProgress, after: InstallProgress, event: InstallEvent): InstallProgress {
  if (event.type === 'log') return after
  const at = Date.parse(event.at)
  const heardAt = Number.isNaN(at) ? after.heardAt : Math.max(at, after.heardAt ?? at)
  const heard = { ...after, heardAt }
  if (event.type === 'install-finished') return { ...heard, shown: 1, share: 1 }
  const share = doneShare(heard, heardAt ?? 0)
  if (share <= before.share) return { ...heard, share }
  const step = ((1 - before.shown) * (share - before.share)) / (1 - before.share)
  return { ...heard, share, shown: Math.min(1, before.shown + step) }
}

function addEvent(progress: InstallProgress, event: InstallEvent): InstallProgress {
  const change = (id: TaskId, changes: (task: TaskProgress) => Partial<TaskProgress>): InstallProgress => ({
    ...progress,
    tasks: progress.tasks.map((task) => (task.id === id ? { ...task, ...changes(task) } : task)),
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
          expectedMs: task.expectedMs ?? task.weight * MS_OF_WEIGHT,
          state: 'waiting',
          fraction: 0,
          message: null,
          startedAt: null,
          durationMs: null,
        })),
      }
    case 'task-started':
      return change(event.task, () => ({
        state: 'running',
        fraction: 0,
        message: null,
        startedAt: Date.parse(event.at),
        durationMs: null,
      }))
    case 'task-progress':
      return change(event.task, (task) =>
        task.state === 'running'
          ? {
              fraction: Math.max(task.fraction, Math.min(1, event.fraction)),
              message: event.message ?? null,
              ...(event.bytes !== undefined && { bytes: event.bytes }),
              ...(event.timeLeftMs !== undefined && {
                ownGuess: { leftMs: event.timeLeftMs, at: Date.parse(event.at) },
              }),
            }
          : {},
      )
    case 'task-finished':
      return change(event.task, () => ({
        state: event.outcome,
        fraction: 1,
        message: null,
        durationMs: event.durationMs,
      }))
    case 'task-failed':
      return { ...change(event.failure.task, () => ({ state: 'failed' })), endedAt: Date.parse(event.at) }
    case 'task-undone':
      return change(event.task, () => ({ state: 'undone' }))
    case 'install-finished':
    case 'install-cancelled':
      return { ...progress, endedAt: Date.parse(event.at) }
    case 'notice': {
      const isNews = progress.notices.every(({ code }) => code !== event.code)
      return isNews
        ? { ...progress, notices: [...progress.notices, { code: event.code, message: event.message }] }
        : progress
    }
    case 'log':
    case 'released':
    case 'begun-found':
    case 'installed-found':
      return progress
  }
}
