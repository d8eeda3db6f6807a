import type { InstallProgress, TaskProgress } from './progress.ts'

/** Earlier than this the guess is worth nothing. */
const GUESS_FROM_SHARE = 0.05
const GUESS_AFTER_MS = 5000
/** A task's own guess that was not said again for so long is no guess any more. */
const GUESS_HOLDS_MS = 30_000
/** Beyond this much more than it was expected to take, a task may hang: then nobody knows. */
const OVERDUE = 1.5
/** A task that ran out of its time is taken to be nearly done: so much of it is left. */
const NEARLY = 0.1
/** The measured durations count as if so much of the install had already gone by at exactly their pace: the first seconds
 *  of one machine are too few to judge it by. */
const PRIOR = 0.25
const SLOWEST = 4
const FASTEST = 0.25
/** How far the bar goes in a task that says nothing of itself. */
const MOST_BY_TIME = 0.9
/** Fractions that are said of stages, not of work, are worth nothing below this. */
const TELLING_FRACTION = 0.05

type Heard = Pick<InstallProgress, 'tasks' | 'startedAt' | 'endedAt'>

/** Milliseconds that are left; null while nobody can say. The measured durations at the pace of this machine until now; a
 *  task that measures its own speed (a download) is believed, and where it cannot say, only as long as it is in its time. */
export function timeLeftMs(progress: Heard, now: number): number | null {
  const { tasks, startedAt, endedAt } = progress
  if (startedAt === null || endedAt !== null || now - startedAt < GUESS_AFTER_MS) return null
  if (doneShare(progress, now) < GUESS_FROM_SHARE) return null
  const running = tasks.find(({ state }) => state === 'running')
  const pace = paceOf(tasks, now)
  const ofRunning = running === undefined ? 0 : leftOf(running, pace, now)
  if (ofRunning === null) return null
  return ofRunning + pace * sumOf(tasks, (task) => (task.state === 'waiting' ? task.expectedMs : 0))
}

/** 0..1: how much of the time that the install takes in all has gone by. By what was expected, and for a task that says
 *  more of itself by that. */
export function doneShare({ tasks }: Pick<Heard, 'tasks'>, now: number): number {
  const pace = paceOf(tasks, now)
  let [done, whole] = [0, 0]
  for (const task of tasks) {
    const { cost, share } = costAndShare(task, pace, now)
    done += cost * share
    whole += cost
  }
  return whole === 0 ? 0 : Math.min(1, done / whole)
}

function costAndShare(task: TaskProgress, pace: number, now: number): { cost: number; share: number } {
  const { expectedMs: cost, state, fraction } = task
  if (state === 'done' || state === 'already-done' || state === 'undone') return { cost, share: 1 }
  if (state !== 'running') return { cost, share: state === 'failed' ? fraction : 0 }
  const elapsed = elapsedOf(task, now)
  const own = freshGuess(task, now)
  if (own !== null) return { cost: (elapsed + own) / pace, share: elapsed + own === 0 ? 1 : elapsed / (elapsed + own) }
  if (task.ownGuess !== undefined) return { cost, share: fraction }
  const byTime = cost === 0 ? 0 : Math.min(MOST_BY_TIME, elapsed / (pace * cost))
  return { cost, share: Math.max(fraction, byTime) }
}

function leftOf(task: TaskProgress, pace: number, now: number): number | null {
  const own = freshGuess(task, now)
  if (own !== null) return own
  const { expectedMs, fraction } = task
  const elapsed = elapsedOf(task, now)
  const planned = expectedMs * pace
  if (elapsed <= planned * (1 - NEARLY)) return planned - elapsed
  if (elapsed <= planned * OVERDUE) return planned * NEARLY
  const says = task.ownGuess === undefined && fraction > TELLING_FRACTION && fraction < 1
  return says ? (elapsed * (1 - fraction)) / fraction : null
}

/** How much longer this machine takes than was measured: 2 is twice as long. */
function paceOf(tasks: readonly TaskProgress[], now: number): number {
  const whole = sumOf(tasks, ({ expectedMs }) => expectedMs)
  if (whole === 0) return 1
  let [took, expected] = [whole * PRIOR, whole * PRIOR]
  for (const task of tasks) {
    if (task.state === 'done') {
      took += task.durationMs ?? task.expectedMs
      expected += task.expectedMs
    }
    // Already longer than it should: that says something, too. A task that guesses by itself depends on the network.
    const elapsed = task.state === 'running' && task.ownGuess === undefined ? elapsedOf(task, now) : 0
    if (elapsed > task.expectedMs) {
      took += elapsed
      expected += task.expectedMs
    }
  }
  return Math.min(SLOWEST, Math.max(FASTEST, took / expected))
}

function freshGuess({ ownGuess }: TaskProgress, now: number): number | null {
  if (ownGuess === undefined || ownGuess.leftMs === null || now - ownGuess.at > GUESS_HOLDS_MS) return null
  return Math.max(0, ownGuess.leftMs - Math.max(0, now - ownGuess.at))
}

const elapsedOf = ({ startedAt }: TaskProgress, now: number) => (startedAt === null ? 0 : Math.max(0, now - startedAt))

function sumOf(tasks: readonly TaskProgress[], of: (task: TaskProgress) => number): number {
  return tasks.reduce((sum, task) => sum + of(task), 0)
}
