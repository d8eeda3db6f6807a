import { Document } from 'yaml'
import type { StepId } from '../model/answers.ts'
import { stepOrder, steps } from '../steps/order.ts'
import { fieldDescriptions } from '../steps/parse-step.ts'
import { CURRENT_VERSION } from './migrations.ts'
import type { ReadAnswers } from './read-answers.ts'
import { isMissingSecret } from './secret-keys.ts'

/** What an answer file says, to be shown: made anew from what was understood, because the text itself may hold a secret in
 *  a comment or under a key misspelt. Every secret is `***`; sections with problems are left out, the problems tell why. */
export function redactAnswers(read: ReadAnswers): Record<string, unknown> {
  const isSound = (id: StepId) => read.problems.every((problem) => problem.path[0] !== id || isMissingSecret(problem))
  const sections = stepOrder.flatMap((id) => {
    const draft = read.drafts[id]
    return draft && isSound(id) ? [[id, redactSection(id, draft, read)] as const] : []
  })
  return { version: CURRENT_VERSION, ...Object.fromEntries(sections) }
}

function redactSection(id: StepId, draft: Readonly<Record<string, unknown>>, { secrets }: ReadAnswers): object {
  // In the order of the schema, whatever order the file had and the defaults came in.
  const shown = [...fieldDescriptions(steps[id].schema).keys()].flatMap((name): [string, unknown][] => {
    const given = secrets.find(({ path, key }) => path[0] === id && key === name)
    // The name of a file or variable may be shown: the section is sound, so there was one of this name.
    if (given) return [[given.path[1], given.reference ?? '***']]
    const value = draft[name]
    // What is empty says nothing.
    return value === undefined || value === '' || (Array.isArray(value) && value.length === 0) ? [] : [[name, value]]
  })
  return Object.fromEntries(shown)
}

/** The same as YAML. */
export function redactedText(read: ReadAnswers): string {
  return new Document(redactAnswers(read)).toString({ lineWidth: 0 })
}
