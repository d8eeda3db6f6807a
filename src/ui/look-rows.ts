import type { Row } from './rows.ts'
import type { Look } from './step-screen.ts'
import { closed, sentence } from './text.ts'

/** What a look found, for a page: problems first, each with what to do. Never by colour alone: `!`, `?` and `✓` lead. */
export function lookRows(look: Look | null, running = 'Looking…'): readonly Row[] {
  if (look === null) return []
  if (look.result === null) return [{ kind: 'note', text: running, tone: 'dim' }]
  const { problems, unknown, good } = look.result
  return [
    ...problems.map(
      ({ message, hint }): Row => ({
        kind: 'note',
        text: `! ${closed(sentence(message))}${hint === undefined ? '' : ` ${closed(sentence(hint))}`}`,
        tone: 'warning',
        indent: 2,
      }),
    ),
    ...unknown.map((text): Row => ({ kind: 'note', text: `? ${closed(sentence(text))}`, tone: 'dim', indent: 2 })),
    ...good.map((text): Row => ({ kind: 'note', text: `✓ ${closed(sentence(text))}`, tone: 'good', indent: 2 })),
  ]
}
