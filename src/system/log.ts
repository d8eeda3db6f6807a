import { stripVTControlCharacters } from 'node:util'
import { Secret } from '../model/secret.ts'

export type Log = {
  /** One line or several; each gets its own time stamp. */
  write(text: string): void
  /** From now on this value is `***` in every line. A second net below the Secret class, for programs that echo. */
  hide(secret: string | Secret): void
  /** The text with every hidden value replaced. */
  mask(text: string): string
  /** The last lines, oldest first, masked, without time stamps: for the failure screen. */
  tail(): readonly string[]
}

/** Shorter values would blank half of the log and hide nothing that could be guessed slower. */
const MIN_HIDDEN_LENGTH = 4

/** A log of lines with ISO 8601 time stamps in UTC. `append` gets each finished line, with its line end, at once. */
export function createLog(options: { append(line: string): void; now?: () => Date; tailLines?: number }): Log {
  const { append, now = () => new Date(), tailLines = 200 } = options
  const hidden = new Set<string>()
  let longestFirst: string[] = []
  const tail: string[] = []

  const mask = (text: string) => longestFirst.reduce((masked, value) => masked.replaceAll(value, '***'), text)

  return {
    write(text) {
      for (const raw of text.split(/\r\n|\n|\r/)) {
        // A program's colours and cursor movements would come alive in the terminal of whoever reads the log.
        // biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is what this is for
        const line = mask(stripVTControlCharacters(raw).replace(/[\x00-\x08\x0b-\x1f\x7f]/g, ''))
        tail.push(line)
        if (tail.length > tailLines) tail.shift()
        append(`${now().toISOString()} ${line}\n`)
      }
    },
    hide(secret) {
      const value = secret instanceof Secret ? secret.reveal() : secret
      // Line by line, because lines are what is written; and as JSON and Nix would escape it.
      for (const line of value.split(/[\r\n]+/)) {
        const json = JSON.stringify(line).slice(1, -1)
        for (const form of [line, json, json.replaceAll('$', '\\$')]) {
          if (line.length >= MIN_HIDDEN_LENGTH) hidden.add(form)
        }
      }
      // A secret that contains another one must go first, or its rest would stay readable.
      longestFirst = [...hidden].sort((a, b) => b.length - a.length)
    },
    mask,
    tail: () => [...tail],
  }
}
