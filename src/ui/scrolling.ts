import { bodyHeight } from './frame-size.ts'
import { helpLines } from './help-text.ts'
import { installLogHeight, installLogLines, logLines } from './log-lines.ts'
import type { Key } from './key-decoder.ts'
import type { Session, View } from './session.ts'

/** What can be scrolled besides a form. */
export type Scrolled = 'help' | 'log' | 'install'

/** Moves through a long text. In a log, the end means: follow it. */
export function scrollBy(key: Key, what: string, session: Pick<Session, 'view' | 'change'>): void {
  const view = session.view()
  if (what !== 'help' && what !== 'log' && what !== 'install') return
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
  const isAtEnd = wanted >= last
  const next = isAtEnd && what !== 'help' ? null : Math.min(last, Math.max(0, wanted))
  session.change({ scroll: { ...view.scroll, [what]: next } })
}

/** The lines of a scrolled text, the first one shown, and the largest that makes sense. */
export function scrollOf(view: View, what: Scrolled): { lines: readonly string[]; top: number; last: number; height: number } {
  const lines = what === 'help' ? helpLines(view) : what === 'log' ? logLines(view) : installLogLines(view)
  const height = what === 'install' ? installLogHeight(view) : bodyHeight(view.size) + 1
  const last = Math.max(0, lines.length - height)
  const wanted = view.scroll[what] ?? (what === 'help' ? 0 : last)
  return { lines, top: Math.min(Math.max(0, wanted), last), last, height }
}
