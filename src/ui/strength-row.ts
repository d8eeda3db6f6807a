import type { Row } from './rows.ts'
import type { Strength } from './strength.ts'

const CELLS = 12

/** The meter below a secret: a bar and a word, so that it can be read without colour. */
export function strengthRow(secret: string, strength: Strength | null): Row {
  if (secret === '') return { kind: 'note', text: 'Strength: type to see it', tone: 'dim', indent: 2 }
  if (!strength) return { kind: 'note', text: 'Strength: …', tone: 'dim', indent: 2 }
  const full = Math.round(((strength.score + 1) / 5) * CELLS)
  const bar = '█'.repeat(full) + '░'.repeat(CELLS - full)
  const advice = strength.advice === '' || strength.score >= 3 ? '' : `. ${strength.advice.replace(/\.$/u, '')}.`
  const tone = strength.score >= 3 ? 'good' : strength.score === 2 ? 'warning' : 'problem'
  return { kind: 'note', text: `Strength: ${bar} ${strength.word}${advice}`, tone, indent: 2 }
}
