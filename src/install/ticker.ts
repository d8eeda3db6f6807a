import type { InstallEvent, ProgressBytes, TaskId } from '../model/event.ts'
import { formatSize } from '../model/size.ts'
import type { DiskActivity } from './disk-activity.ts'
import { addToDiskPace, type DiskPace, isSlow, NO_PACE, silentMs, writeSpeed } from './disk-pace.ts'

/** A person who sees nothing for five seconds thinks that it hangs. */
const SILENCE_MS = 4000
const LOOK_EVERY_MS = 2000
/** From here the line says that the disks took nothing. */
const WORTH_SAYING_MS = 30_000
/** What is written beyond what was expected says nothing about the end. */
const MOST_BY_BYTES = 0.95
/** What Nix tells of these stands in its message; until then the message says what their disks took. Of all others the bytes
 *  are told beside it. Source: ui/install-page.tsx */
const TOLD_IN_WORDS: readonly TaskId[] = ['build', 'install']
/** These do nothing but write, so that a silent disk is worth a word. */
const WRITING: readonly TaskId[] = ['partition', 'build', 'install', 'unmount']

export type Ticker = {
  /** All events of the install go through here. */
  heard(event: InstallEvent): void
  /** Once a second. Emits a task-progress when nothing was heard for four. */
  tick(): Promise<void>
}

/** Breaks the silence of long tasks by what the disks do. By a clock of ours, so that a program that hangs is told too.
 *  `look` gives null where there is nothing to look at. Times in milliseconds. */
export function createTicker(options: {
  readonly now: () => Date
  readonly look: () => Promise<DiskActivity | null>
  readonly expectedBytes: (task: TaskId) => number | null
  readonly emit: (event: InstallEvent) => void
}): Ticker {
  const { look, expectedBytes, emit } = options
  let running: Running | null = null
  let isReleasing = false
  let saidSlow = false
  let heardAtMs = 0
  let lookedAtMs = Number.NEGATIVE_INFINITY
  let isLooking = false
  let pace: DiskPace = NO_PACE

  const addLook = async (atMs: number) => {
    if (isLooking || atMs - lookedAtMs < LOOK_EVERY_MS) return
    isLooking = true
    lookedAtMs = atMs
    try {
      const activity = await look()
      if (activity !== null) pace = addToDiskPace(pace, activity, atMs)
      if (running !== null && running.writtenBefore === null) running.writtenBefore = activity?.writtenBytes ?? null
    } finally {
      isLooking = false
    }
  }

  return {
    heard(event) {
      if (event.type === 'log' || event.type === 'notice') return
      heardAtMs = Date.parse(event.at)
      if (event.type === 'task-started') {
        running = {
          task: event.task,
          fraction: 0,
          message: null,
          ownBytes: null,
          writtenBefore: pace.samples.at(-1)?.writtenBytes ?? null,
        }
      }
      if (event.type === 'task-progress' && running?.task === event.task) {
        running.fraction = Math.max(running.fraction, event.fraction)
        running.message = event.message ?? running.message
        running.ownBytes = event.bytes ?? running.ownBytes
      }
      if (event.type === 'task-failed') {
        isReleasing = true
        if (running !== null) running.message = 'letting go of the disks'
      }
      if (event.type === 'task-finished' || ENDS.includes(event.type)) running = null
    },
    async tick() {
      const atMs = options.now().getTime()
      await addLook(atMs)
      if (running === null) return
      const at = options.now().toISOString()
      if (!saidSlow && isSlow(pace)) {
        saidSlow = true
        const message =
          'the disks are very slow: less than 1 MB a second, for half a minute. It goes on, but a disk may be failing'
        emit({ type: 'notice', at, code: 'disk-slow', message })
      }
      // A clock that was put back must not make it silent until it is that late again.
      if (atMs < heardAtMs) heardAtMs = atMs
      if (atMs - heardAtMs < SILENCE_MS) return
      heardAtMs = atMs
      const total = expectedBytes(running.task)
      const done = writtenSince(running, pace)
      if (!isReleasing && done !== null && total !== null && total > 0) {
        running.fraction = Math.max(running.fraction, Math.min(MOST_BY_BYTES, done / total))
      }
      const message = describe(running, isReleasing ? null : done, silentMs(pace))
      emit({
        type: 'task-progress',
        at,
        task: running.task,
        fraction: running.fraction,
        ...(message !== null && { message }),
        ...bytesOf(running.ownBytes, done, total, pace),
      })
    },
  }
}

type Running = {
  readonly task: TaskId
  fraction: number
  message: string | null
  /** What the task counts itself, which says more than what its disks took. */
  ownBytes: ProgressBytes | null
  writtenBefore: number | null
}

const ENDS: readonly InstallEvent['type'][] = ['released', 'install-finished', 'install-cancelled']

function bytesOf(own: ProgressBytes | null, done: number | null, total: number | null, pace: DiskPace) {
  if (own !== null) return { bytes: own }
  if (done === null) return {}
  // A larger disk than those that were measured.
  const isBeyond = total !== null && done > total
  return { bytes: { done, total: isBeyond ? null : total, perSecond: writeSpeed(pace) } }
}

function writtenSince({ writtenBefore }: Running, { samples }: DiskPace): number | null {
  const last = samples.at(-1)
  return last === undefined || writtenBefore === null ? null : Math.max(0, last.writtenBytes - writtenBefore)
}

/** `copying the system, 412 MiB written`, `nothing written for 40 s`; null when there is nothing to say. */
function describe({ task, message, ownBytes }: Running, written: number | null, silent: number): string | null {
  const saysBytes = ownBytes === null && TOLD_IN_WORDS.includes(task) && written !== null && written > 0
  const words = [
    ...(message === null ? [] : [message]),
    ...(saysBytes ? [`${formatSize(written)} written`] : []),
    ...(silent >= WORTH_SAYING_MS && WRITING.includes(task)
      ? [`nothing written for ${Math.floor(silent / 1000)} s`]
      : []),
  ]
  return words.length === 0 ? null : words.join(', ')
}
