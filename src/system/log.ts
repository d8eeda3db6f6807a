import { stripVTControlCharacters } from 'node:util'
import { Secret } from '../model/secret.ts'
import { createHiddenValues } from './hidden-values.ts'

export type Log = {
  /** One line or several; each gets its own time stamp. */
  write(text: string): void
  /** From now on this value is `***` in every line. A second net below the Secret class, for programs that echo. */
  hide(secret: string | Secret): void
  /** The text with every hidden value replaced. */
  mask(text: string): string
  /** Overwrites the hidden values and hides nothing from then on: at the end of an install, when nothing is left that could
   *  echo one. */
  forget(): void
  /** The last lines, oldest first, masked, without time stamps: for the failure screen. */
  tail(): readonly string[]
}

/** A log of lines with ISO 8601 time stamps in UTC. `append` gets each finished line, with its line end, at once. */
export function createLog(options: { append(line: string): void; now?: () => Date; tailLines?: number }): Log {
  const { append, now = () => new Date(), tailLines = 200 } = options
  const hidden = createHiddenValues()
  const tail: string[] = []

  return {
    write(text) {
      for (const raw of text.split(/\r\n|\n|\r/)) {
        // A program's colours and cursor movements would come alive in the terminal of whoever reads the log.
        // biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is what this is for
        const line = hidden.mask(stripVTControlCharacters(raw).replace(/[\x00-\x08\x0b-\x1f\x7f]/g, ''))
        tail.push(line)
        if (tail.length > tailLines) tail.shift()
        append(`${now().toISOString()} ${line}\n`)
      }
    },
    hide(secret) {
      hidden.add(secret instanceof Secret ? secret.bytes() : new TextEncoder().encode(secret))
    },
    mask: hidden.mask,
    forget: hidden.forget,
    tail: () => [...tail],
  }
}
