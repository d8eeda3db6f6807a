import { Document } from 'yaml'
import type { StepId } from '../model/answers.ts'
import { Secret } from '../model/secret.ts'
import { stepOrder, steps } from '../steps/order.ts'
import { fieldDescriptions } from '../steps/parse-step.ts'
import { CURRENT_VERSION } from './migrations.ts'
import type { ReadAnswers } from './read-answers.ts'
import { isMissingSecret } from './secret-file.ts'

/** What an answer file says, to be shown: made anew from what was understood, because the text itself may hold a secret in
 *  a comment or under a key misspelt. Every secret is `***`; sections with problems are left out, the problems tell why. */
export function redactAnswers(read: ReadAnswers): Record<string, unknown> {
  const problems = 'problems' in read ? read.problems : []
  const isSound = (id: StepId) => problems.every((problem) => problem.path[0] !== id || isMissingSecret(problem))
  const sections = stepOrder.flatMap((id) => {
    const draft = read.drafts[id]
    return draft && isSound(id) ? [[id, redactSection(id, draft, read)] as const] : []
  })
  const { confirmation } = read
  return {
    version: CURRENT_VERSION,
    ...Object.fromEntries(sections),
    ...(confirmation !== null && { confirm: { erase: confirmation } }),
  }
}

/** A Secret as text is `***`. */
function redactSection(id: StepId, draft: Readonly<Record<string, unknown>>, { secrets }: ReadAnswers): object {
  // The name of a file may be shown: the section is sound, so a file of this name was found.
  const ownFile = secrets.find(({ path, file }) => path[0] === id && file !== null)
  // In the order of the schema, whatever order the file had and the defaults came in.
  const shown = [...fieldDescriptions(steps[id].schema).keys()].flatMap((name): [string, unknown][] => {
    const value = draft[name]
    if (value === undefined) return []
    if (!(value instanceof Secret)) return value === '' ? [] : [[name, value]]
    return ownFile ? [[ownFile.path[1], ownFile.file]] : [[name, String(value)]]
  })
  return Object.fromEntries(shown)
}

/** The same as YAML. */
export function redactedText(read: ReadAnswers): string {
  return new Document(redactAnswers(read)).toString({ lineWidth: 0 })
}
