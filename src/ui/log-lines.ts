import { bodyHeight } from './frame-size.ts'
import type { View } from './session.ts'
import { closed, plainLine, sentence, wrap, wrapHard } from './text.ts'

/** Between the edges of the log pane. */
export function logWidth({ size }: Pick<View, 'size'>): number {
  return size.columns - 4
}

/** From here the tasks stand one below the other; below it in two columns, so that the log has room. */
const TALL_ROWS = 36

export function hasTallTasks({ size }: Pick<View, 'size'>): boolean {
  return size.rows >= TALL_ROWS
}

export function taskRows(view: View): number {
  const count = view.wizard.install.tasks.length
  return hasTallTasks(view) ? count : Math.ceil(count / 2)
}

/** The last thing that stops nothing but should be read. */
export function noticeLines({ wizard, size }: View): readonly string[] {
  const notice = wizard.install.notices.at(-1)
  return notice === undefined ? [] : wrap(`! ${closed(sentence(notice.message))}`, logWidth({ size }))
}

/** Of the log pane on the install page: what tasks, bar, a notice and its own title leave. */
export function installLogHeight(view: View): number {
  return Math.max(3, bodyHeight(view.size) + 1 - taskRows(view) - noticeLines(view).length - 3)
}

export function installLogLines(view: View): readonly string[] {
  return wrapped(view.wizard.install.log, logWidth(view))
}

export function logLines(view: View): readonly string[] {
  if (view.log === null) return ['Reading the log …']
  return view.log.length === 0 ? ['The log is empty.'] : wrapped(view.log, logWidth(view))
}

let cache: { log: readonly string[]; width: number; lines: readonly string[] } | null = null

/** Thousands of lines, asked for several times for each frame: the last answer is kept. */
function wrapped(log: readonly string[], width: number): readonly string[] {
  if (cache?.log !== log || cache.width !== width) {
    cache = { log, width, lines: log.flatMap((line) => wrapHard(plainLine(line), width)) }
  }
  return cache.lines
}
