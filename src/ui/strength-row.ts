import type { Strength } from '../credentials/secret-strength.ts'
import type { Row } from './rows.ts'

const CELLS = 12

/** The meter below a secret: a bar and a word, so that it can be read without colour, with what zxcvbn has to say. */
export function strengthRow(secret: string, strength: Strength | null): Row {
  if (secret === '') return { kind: 'note', text: 'Strength: type to see it', tone: 'dim', indent: 2 }
  if (!strength) return { kind: 'note', text: 'Strength: …', tone: 'dim', indent: 2 }
  const { score, word, crackTime, warning, advice } = strength
  const full = Math.round(((score + 1) / 5) * CELLS)
  const bar = '█'.repeat(full) + '░'.repeat(CELLS - full)
  const found = `${bar} ${word}, guessed in ${crackTime}`
  // Of what is good already nobody needs advice.
  const words = [found, ...(score >= 3 ? [] : [warning, ...advice])].filter((text) => text !== '')
  const tone = score >= 3 ? 'good' : score === 2 ? 'warning' : 'problem'
  return {
    kind: 'note',
    text: `Strength: ${words.map((text) => `${text.replace(/\.$/u, '')}.`).join(' ')}`,
    tone,
    indent: 2,
  }
}
