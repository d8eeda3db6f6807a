import type { Answers } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import { checkAnswers } from '../plan/check-answers.ts'
import { makePlan } from '../plan/make-plan.ts'
import { byPlace, type LocatedProblem } from './locate.ts'
import { readAnswers } from './read-answers.ts'
import type { ReadSecretFile } from './secret-file.ts'

export type PlanFromFile =
  | {
      readonly plan: Plan
      readonly answers: Answers
      /** See readAnswers. */
      readonly confirmation: readonly string[] | null
    }
  | { readonly problems: readonly LocatedProblem[] }

/** The whole way from an answer file to a plan for this machine, or one report with the problems of both. */
export async function planFromFile(
  text: string,
  fileName: string,
  hardware: Hardware,
  options: { readonly readSecretFile: ReadSecretFile },
): Promise<PlanFromFile> {
  const read = await readAnswers(text, fileName, options)
  if ('problems' in read) {
    const ofMachine = checkAnswers(read.partial, hardware).map(read.locate)
    return { problems: byPlace([...read.problems, ...ofMachine]) }
  }
  const { plan, problems } = makePlan(read.answers, hardware)
  if (!plan) return { problems: byPlace(problems.map(read.locate)) }
  return { plan, answers: read.answers, confirmation: read.confirmation }
}
