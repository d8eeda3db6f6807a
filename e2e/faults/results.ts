import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Measured } from '../../src/testing/measured.ts'
import type { Group } from './points.ts'

/** One line of results.jsonl: the last run of one point. */
export type Result = {
  readonly id: string
  readonly group: Group
  readonly ok: boolean
  readonly problems: readonly string[]
  readonly seconds: number
  readonly canaries?: { readonly places: number; readonly hits: number }
  /** How wrong the time left was after a quarter of each whole install in it. */
  readonly eta?: readonly (number | null)[]
  readonly cycles?: number
  /** Of a recording: at how many flushes it can be cut. */
  readonly flushes?: number
  /** Of a cut that leaves the same disk as one before: that one's id. */
  readonly sameAs?: string
  readonly notes?: readonly string[]
  /** What was tried: hashes of the lab's image and of the installer. */
  readonly image: string
  readonly bundle: string
  readonly at: string
}

export const RESULTS_FILE = join(import.meta.dirname, 'results.jsonl')
/** What tasks took; scripts/update-durations.mjs makes a table of it. */
export const DURATIONS_FILE = join(import.meta.dirname, 'durations.jsonl')

/** Empty when there is no file yet. */
export async function readResults(file = RESULTS_FILE): Promise<readonly Result[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return parseResults(text)
}

export const parseResults = (text: string): readonly Result[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result)

/** Of a disk that two cuts have in common the first says how it ended. */
export const isGreen = ({ ok, sameAs }: Result, results: readonly Result[]): boolean =>
  sameAs === undefined ? ok : (results.find(({ id }) => id === sameAs)?.ok ?? false)

/** Puts a result in the place of the last one of its point, in the order of `known`; one that is no more goes, unless it is a
 *  cut that somebody asked for. Written after each, so that a run that is cut off has lost nothing but its last. */
export async function keepResult(result: Result, known: readonly string[], file = RESULTS_FILE): Promise<void> {
  const all = [...(await readResults(file)).filter(({ id }) => id !== result.id), result]
  const places = new Map(known.map((id, index) => [id, index]))
  const kept = all
    .filter(({ id }) => places.has(id) || id.startsWith('cut:'))
    .toSorted((a, b) => (places.get(a.id) ?? Number.MAX_SAFE_INTEGER) - (places.get(b.id) ?? Number.MAX_SAFE_INTEGER))
  await writeFile(file, kept.map((one) => `${JSON.stringify(one)}\n`).join(''))
}

export async function keepDurations(measured: readonly Measured[], file = DURATIONS_FILE): Promise<void> {
  if (measured.length > 0) await appendFile(file, measured.map((one) => `${JSON.stringify(one)}\n`).join(''))
}
