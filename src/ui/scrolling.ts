import { begunLines } from './begun-words.ts'
import { failureLines } from './failure-lines.ts'
import { bodyHeight, bodyWidth } from './frame-size.ts'
import { helpLines } from './help-text.ts'
import type { Key } from './key-decoder.ts'
import { installLogHeight, installLogLines, logLines } from './log-lines.ts'
import type { Line } from './rows.ts'
import type { Session, View } from './session.ts'

/** What can be scrolled besides a form. */
export type Scrolled = 'help' | 'log' | 'look' | 'install' | 'failed'

/** Moves through a long text. In a log, the end means: follow it. */
export function scrollBy(key: Key, what: Scrolled, session: Pick<Session, 'view' | 'change'>): void {
  const view = session.view()
  const { top, last, height } = scrollOf(view, what)
  const steps: Readonly<Record<string, number>> = {
    up: top - 1,
    down: top + 1,
    'page-up': top - height + 1,
    'page-down': top + height - 1,
    home: 0,
    end: last,
  }
  const wanted = steps[key.name]
  if (wanted === undefined) return
  const next = wanted >= last && isLog(what) ? null : Math.min(last, Math.max(0, wanted))
  session.change({ scroll: { ...view.scroll, [what]: next } })
}

/** The lines of a scrolled text, the first one shown, the largest that makes sense for it, and the rows there are. */
export function scrollOf(
  view: View,
  what: Scrolled,
): { readonly lines: readonly Line[]; readonly top: number; readonly last: number; readonly height: number } {
  const height = heightOf(view, what)
  const lines = linesOf(view, what, height)
  const last = Math.max(0, lines.length - height)
  const wanted = view.scroll[what] ?? (isLog(what) ? last : 0)
  return { lines, top: Math.min(Math.max(0, wanted), last), last, height }
}

/** The rows of the failure's menu, and a blank one above it. */
export const FAILURE_MENU_ROWS = 8

function heightOf(view: View, what: Scrolled): number {
  if (what === 'install') return installLogHeight(view)
  // No button below it.
  const whole = bodyHeight(view.size) + 1
  return what === 'failed' ? whole - FAILURE_MENU_ROWS : whole
}

function linesOf(view: View, what: Scrolled, height: number): readonly Line[] {
  switch (what) {
    case 'help':
      return helpLines(view).map((text) => ({ text, tone: 'plain' }))
    case 'log':
      return logLines(view).map((text) => ({ text, tone: 'plain' }))
    case 'look': {
      const { earlier, hardware } = view.wizard
      const lines = earlier === null ? [] : begunLines(earlier.begun, hardware, bodyWidth(view.size))
      return lines.map((text) => ({ text, tone: 'plain' }))
    }
    case 'install':
      return installLogLines(view).map((text) => ({ text, tone: 'plain' }))
    case 'failed':
      return failureLines(view, height)
  }
}

function isLog(what: Scrolled): boolean {
  return what === 'log' || what === 'install'
}
