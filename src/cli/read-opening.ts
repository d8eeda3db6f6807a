import { basename } from 'node:path'
import { type OpeningAnswers, openingAnswers, unreadableAnswers } from '../answers/opening-answers.ts'
import { readAnswers } from '../answers/read-answers.ts'
import type { System } from '../system/system.ts'
import { secretsBeside } from './read-plan.ts'

/** What the wizard starts from. A file that cannot be read is told on its first page: on the live system the wizard is all
 *  there is, and must open. */
export async function readOpening(system: System, file: string): Promise<OpeningAnswers> {
  const name = basename(file)
  const text = await system.readText(file)
  if (text === null) return unreadableAnswers(name)
  return openingAnswers(await readAnswers(text, name, { readSecretFile: secretsBeside(system, file) }), name)
}
