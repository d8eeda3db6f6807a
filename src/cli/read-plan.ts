import { basename } from 'node:path'
import { formatProblems } from '../answers/format-problems.ts'
import type { LocatedProblem } from '../answers/locate.ts'
import { type PlanFromFile, planFromFile } from '../answers/plan-from-file.ts'
import { readAnswers } from '../answers/read-answers.ts'
import type { SecretSources } from '../answers/secret-sources.ts'
import type { Hardware } from '../model/hardware.ts'
import { UserError } from '../system/errors.ts'
import type { System } from '../system/system.ts'

/** Why there is no plan: the report, and whether it is the file or the machine that must change. */
export type Refusal = { readonly status: 'bad-answers' | 'machine-unfit'; readonly report: string }

/** An answer file and the machine, to a plan or to one report of everything in the way. */
export async function readPlan(
  system: System,
  file: string,
  hardware: Hardware,
  secrets: SecretSources,
): Promise<Exclude<PlanFromFile, { problems: unknown }> | Refusal> {
  const text = await readAnswerFile(system, file)
  const result = await planFromFile(text, basename(file), hardware, secrets)
  return 'problems' in result ? refusalOf(result.problems, file) : result
}

/** The file alone, without a machine. Null: nothing is wrong with it, and when `isUnattended` nothing is left to ask. */
export async function checkFile(
  system: System,
  file: string,
  secrets: SecretSources,
  { isUnattended }: { readonly isUnattended: boolean },
): Promise<Refusal | null> {
  const text = await readAnswerFile(system, file)
  const { problems, unconfirmed } = await readAnswers(text, basename(file), secrets)
  const all = isUnattended ? [...problems, ...unconfirmed] : problems
  return all.length > 0 ? refusalOf(all, file) : null
}

export function refusalOf(problems: readonly LocatedProblem[], file: string): Refusal {
  // Null is outside the file: the machine.
  const isOfFile = problems.some(({ line }) => line !== null)
  return {
    status: isOfFile ? 'bad-answers' : 'machine-unfit',
    report: `${formatProblems(problems, basename(file))}\n`,
  }
}

export async function readAnswerFile(system: System, file: string): Promise<string> {
  const text = await system.readText(file)
  if (text !== null) return text
  if ((await system.listDirectory(file)) !== null) {
    throw new UserError(`${file} is a folder, not an answer file`, { nextSteps: ['give the file in it'] })
  }
  const isThere = await system.exists(file)
  throw new UserError(isThere ? `cannot read the answer file ${file}` : `there is no answer file ${file}`, {
    nextSteps: [isThere ? 'check its permissions' : 'check the path'],
  })
}
