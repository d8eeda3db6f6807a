import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SpaceFound } from './compare-plan.ts'
import { SCENARIOS } from './scenarios.ts'

/** One line of results.jsonl: the last run of one scenario. */
export type Result = {
  readonly id: string
  readonly layout: string
  readonly unlock: string
  readonly disks: number
  readonly ok: boolean
  readonly problems: readonly string[]
  readonly unlockedBy: string | null
  /** Sets of disks that were missing at a boot of their own. */
  readonly pulls: readonly (readonly string[])[]
  readonly space: readonly SpaceFound[]
  readonly seconds: Readonly<Record<string, number>>
  /** What was tried: hashes of the lab's image and of the installer. */
  readonly image: string
  readonly bundle: string
  readonly at: string
}

export const RESULTS_FILE = join(import.meta.dirname, 'results.jsonl')

/** Empty when there is no file yet. */
export async function readResults(file = RESULTS_FILE): Promise<readonly Result[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result)
}

/** Puts a result in the place of the last one of its scenario. Written after each, so that a run that is cut off has lost
 *  nothing but its last. Lines are in the order of the scenarios; a scenario that is no more goes. */
export async function keepResult(result: Result, file = RESULTS_FILE): Promise<void> {
  const all = [...(await readResults(file)).filter(({ id }) => id !== result.id), result]
  const known = SCENARIOS.flatMap(({ id }) => all.filter((one) => one.id === id))
  await writeFile(file, known.map((one) => `${JSON.stringify(one)}\n`).join(''))
}
