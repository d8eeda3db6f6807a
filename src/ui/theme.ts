import type { TextProps } from 'ink'
import type { Tone } from './rows.ts'

/** Colour only adds to words and signs that are there anyway. */
export function toneProps(tone: Tone, hasColour: boolean): Pick<TextProps, 'color' | 'bold' | 'dimColor'> {
  const color = hasColour ? TONE_COLOURS[tone] : undefined
  return {
    ...(color !== undefined && { color }),
    // Where there is no colour many terminals draw dim text not at all.
    ...(tone === 'dim' && hasColour && { dimColor: true }),
    ...((tone === 'strong' || tone === 'problem') && { bold: true }),
  }
}

const TONE_COLOURS: Partial<Record<Tone, string>> = { good: 'green', warning: 'yellow', problem: 'red' }

export const FOCUS_SIGN = '❯ '
export const NO_FOCUS_SIGN = '  '
