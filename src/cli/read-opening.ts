import { basename } from 'node:path'
import { type OpeningAnswers, openingAnswers, unreadableAnswers } from '../answers/opening-answers.ts'
import { readAnswers } from '../answers/read-answers.ts'
import { secretsOfFile } from './file-secrets.ts'
import type { Hands } from './hands.ts'

/** What the wizard starts from. A file that cannot be read is told on its first page: on the live system the wizard is all
 *  there is, and must open. Secrets that the file has asked for stay open: the wizard asks. */
export async function readOpening(hands: Pick<Hands, 'system' | 'environment'>, file: string): Promise<OpeningAnswers> {
  const name = basename(file)
  const text = await hands.system.readText(file)
  if (text === null) return unreadableAnswers(name)
  return openingAnswers(await readAnswers(text, name, { ...secretsOfFile(hands, file), skipsStrength: true }), name)
}
