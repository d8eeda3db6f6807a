import type { InstallEvent, TaskId } from '../model/event.ts'
import { formatSize } from '../model/size.ts'
import { addEvents, fractionDone, NO_PROGRESS, type TaskProgress } from '../wizard/progress.ts'
import { timeLeftMs } from '../wizard/time-left.ts'
import { formatClock, formatGuess } from './durations.ts'
import { cut, displayWidth, pad, plainLine } from './text.ts'

/** Where lines stay, one comes when nothing was printed for so long. With a tick a second no gap is above five seconds. */
const SILENCE_MS = 4000
/** What any terminal shows without a second line, which could not be rewritten. */
const COLUMNS = 79
/** Nix tells its bytes in its message. */
const TELL_THEIR_BYTES: ReadonlySet<TaskId> = new Set(['build', 'install'])
const ENDS: readonly InstallEvent['type'][] = ['released', 'install-finished', 'install-cancelled']

export type PlainProgress = {
  /** All events of the install. */
  heard(event: InstallEvent): void
  /** Once a second: breaks the silence, on a terminal by the same line again. */
  tick(): void
  /** Takes the line away that would be rewritten. */
  end(): void
}

/** How an install goes on, for a person without a screen. A line for each task and each twentieth of the whole; in a file and
 *  in a pipe one more when nothing was printed for 4 s, on a terminal a last line that is rewritten in place. */
export function createPlainProgress(options: {
  readonly now: () => Date
  readonly print: (text: string) => void
  readonly isTTY: boolean
}): PlainProgress {
  const { now, print, isTTY } = options
  let progress = NO_PROGRESS
  let printedTwentieth = 0
  let printedAtMs = 0
  let isAtWork = false
  let isReleasing = false
  /** Columns of the line that is rewritten. */
  let shown = 0

  const titleOf = (id: string) => progress.tasks.find((task) => task.id === id)?.title ?? id
  const withShare = (text: string) => {
    const fraction = fractionDone(progress)
    return `[${String(Math.floor(fraction * 100)).padStart(3)}%] ${text}`
  }
  const clear = () => {
    if (shown > 0) print(`\r${' '.repeat(shown)}\r`)
    shown = 0
  }
  const line = (text: string) => {
    clear()
    print(`${text}\n`)
    printedTwentieth = Math.floor(fractionDone(progress) * 20)
    printedAtMs = now().getTime()
  }
  const rewrite = (text: string) => {
    const part = cut(plainLine(text), COLUMNS)
    print(`\r${pad(part, shown)}`)
    shown = displayWidth(part)
  }

  function status(): string {
    if (isReleasing) return withShare('Letting go of the disks')
    const running = progress.tasks.find(({ state }) => state === 'running')
    if (running === undefined) return withShare('Waiting until all is on the disks')
    const left = timeLeftMs(progress, now().getTime())
    const parts = [...saidBy(running), ...(left === null ? [] : [`${formatGuess(left)} left`])]
    return withShare(`${running.title}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`)
  }

  return {
    heard(event) {
      if (event.type === 'log') return
      progress = addEvents(progress, [event])
      if (event.type === 'install-started') {
        isAtWork = true
        printedAtMs = now().getTime()
      }
      if (event.type === 'task-failed') isReleasing = true
      if (ENDS.includes(event.type)) {
        isAtWork = false
        clear()
      }
      if (event.type === 'task-started') line(withShare(event.title))
      if (event.type === 'task-progress' && !isTTY && Math.floor(fractionDone(progress) * 20) > printedTwentieth) {
        line(status())
      }
      if (event.type === 'notice') line(`Note: ${event.message}`)
      if (event.type === 'released') for (const { message } of event.problems) line(`Note: ${message}`)
      if (event.type === 'task-undone') line(`       Undone: ${titleOf(event.task)}`)
      if (event.type === 'install-finished') line(withShare(`Installed in ${formatClock(event.durationMs)}.`))
    },
    tick() {
      if (!isAtWork) return
      if (isTTY) return rewrite(status())
      const atMs = now().getTime()
      // A clock that was put back must not make it silent until it is that late again.
      if (atMs < printedAtMs) printedAtMs = atMs
      if (atMs - printedAtMs >= SILENCE_MS) line(status())
    },
    end: clear,
  }
}

/** What a task says of itself, and its bytes as far as they are known. */
function saidBy({ id, message, bytes }: TaskProgress): readonly string[] {
  const words = message === null || message === '' ? [] : [message]
  if (bytes === undefined || bytes.done === 0 || TELL_THEIR_BYTES.has(id)) return words
  return [
    ...words,
    `${formatSize(bytes.done)}${bytes.total === null ? '' : ` of ${formatSize(bytes.total)}`} written`,
    ...(bytes.perSecond === null ? [] : [`${formatSize(bytes.perSecond)}/s`]),
  ]
}
