import { stripVTControlCharacters } from 'node:util'

/** One record of `--log-format internal-json`, with the fields that matter here. Ids are pid << 32 + counter and may exceed
 *  2^53: text, never numbers. Source: Nix, src/libutil/include/nix/util/logging.hh; streams of 2.8 recorded by the tests. */
export type NixRecord =
  | ({ readonly action: 'start'; readonly id: string; readonly type: number; readonly level: number } & WithText)
  | { readonly action: 'stop'; readonly id: string }
  | { readonly action: 'result'; readonly id: string; readonly type: number; readonly fields: readonly unknown[] }
  | { readonly action: 'msg'; readonly level: number; readonly text: string; readonly position: Position | null }

/** Where in which Nix file an error is, if it is in one. */
type Position = { readonly file: string; readonly line: number; readonly column: number }

type WithText = { readonly text: string; readonly fields: readonly unknown[] }

const PREFIX = '@nix '

/** A line of nix's stderr: a record, `null` for one that is broken or of a kind nobody knows, or the line itself when it is
 *  no record at all. Never throws. */
export function readNixLine(line: string): NixRecord | string | null {
  if (!line.startsWith(PREFIX)) return line
  const record = parse(line.slice(PREFIX.length))
  if (record === null) return null
  const { action } = record
  const id = idOf(record.id)
  const type = numberOf(record.type)
  const level = numberOf(record.level)
  const fields: readonly unknown[] = Array.isArray(record.fields) ? record.fields : []
  if (action === 'msg') {
    return { action, level, text: textOf(record.msg) || textOf(record.raw_msg), position: positionOf(record) }
  }
  if (id === null) return null
  if (action === 'start') return { action, id, type, level, text: textOf(record.text), fields }
  if (action === 'stop') return { action, id }
  return action === 'result' ? { action, id, type, fields } : null
}

function parse(json: string): Readonly<Record<string, unknown>> | null {
  try {
    // A quote inside a JSON string is written \", so this touches keys only.
    const value: unknown = JSON.parse(json.replace(/"(id|parent)"\s*:\s*(\d+)/g, '"$1":"$2"'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function positionOf({ file, line, column }: Readonly<Record<string, unknown>>): Position | null {
  if (typeof file !== 'string' || typeof line !== 'number' || line < 1) return null
  return { file, line, column: typeof column === 'number' ? column : 0 }
}

function idOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** More than anybody reads of one line, and short enough for any screen and log. */
const LONGEST_LINE = 4000

/** What nix or a builder said, as lines for a log: no colours, no control characters, no empty lines. Of a line that redraws
 *  itself with carriage returns the last state is kept. */
export function logLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => {
      const last = line.replace(/\r+$/, '').split('\r').at(-1) ?? ''
      // A builder that cannot start answers in binary, so more than colours has to go.
      const clean = stripVTControlCharacters(last)
        .replaceAll('\t', '  ')
        .replace(/\p{Cc}/gu, '')
        .toWellFormed()
      return clean.length > LONGEST_LINE ? `${clean.slice(0, LONGEST_LINE)} …` : clean
    })
    .filter((line) => line.trim() !== '')
}
