import type { Answers } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import { checkAnswers } from '../plan/check-answers.ts'
import { makePlan } from '../plan/make-plan.ts'
import { byPlace, type LocatedProblem } from './locate.ts'
import { type ReadOptions, readAnswers } from './read-answers.ts'

export type PlanFromFile =
  | {
      readonly plan: Plan
      readonly answers: Answers
      /** The disks and filters that the file does not allow to erase; see readAnswers. */
      readonly unconfirmed: readonly LocatedProblem[]
      /** The file wants secrets to be asked for. */
      readonly asksSecrets: boolean
    }
  | { readonly problems: readonly LocatedProblem[] }

/** The whole way from an answer file to a plan for this machine, or one report with the problems of both. Disks that the
 *  file names by filters are found on the machine. */
export async function planFromFile(
  text: string,
  fileName: string,
  hardware: Hardware,
  options: Omit<ReadOptions, 'hardware'>,
): Promise<PlanFromFile> {
  const read = await readAnswers(text, fileName, { ...options, hardware })
  if (read.answers === null) {
    const ofMachine = checkAnswers(read.partial, hardware).flatMap((problem) => read.locate(problem) ?? [])
    return { problems: byPlace([...read.problems, ...ofMachine]) }
  }
  const { plan, problems } = makePlan(read.answers, hardware)
  if (!plan) return { problems: byPlace(problems.flatMap((problem) => read.locate(problem) ?? [])) }
  const asksSecrets = read.secrets.some(({ reference }) => reference === true)
  return { plan, answers: read.answers, unconfirmed: read.unconfirmed, asksSecrets }
}
