import { basename, dirname, resolve } from 'node:path'
import { formatProblem, formatProblems } from '../answers/format-problems.ts'
import type { LocatedProblem } from '../answers/locate.ts'
import { type PlanFromFile, planFromFile } from '../answers/plan-from-file.ts'
import { readAnswers } from '../answers/read-answers.ts'
import type { Answers } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import { confirmationProblem } from '../plan/confirmation.ts'
import { UserError } from '../system/errors.ts'
import type { System } from '../system/system.ts'

/** Why there is no plan: the report, and whether it is the file or the machine that must change. */
export type Refusal = { readonly status: 'bad-answers' | 'machine-unfit'; readonly report: string }

/** An answer file and the machine, to a plan or to one report of everything in the way. */
export async function readPlan(
  system: System,
  file: string,
  hardware: Hardware,
): Promise<Exclude<PlanFromFile, { problems: unknown }> | Refusal> {
  const text = await readAnswerFile(system, file)
  const result = await planFromFile(text, basename(file), hardware, { readSecretFile: secretsBeside(system, file) })
  return 'problems' in result ? refusalOf(result.problems, file) : result
}

/** The file alone, without a machine. Null: nothing is wrong with it, and when `isUnattended` nothing is left to ask. */
export async function checkFile(
  system: System,
  file: string,
  { isUnattended }: { readonly isUnattended: boolean },
): Promise<Refusal | null> {
  const text = await readAnswerFile(system, file)
  const result = await readAnswers(text, basename(file), { readSecretFile: secretsBeside(system, file) })
  if ('problems' in result) return refusalOf(result.problems, file)
  return isUnattended ? unconfirmed(result, file) : null
}

/** Null when the file confirms that its disks may be erased. What it confirms was held against them when it was read. */
export function unconfirmed(
  { answers, confirmation }: { readonly answers: Answers; readonly confirmation: readonly string[] | null },
  file: string,
): Refusal | null {
  const problem = confirmationProblem(answers.disk.devices, confirmation)
  return problem && { status: 'bad-answers', report: `${basename(file)}  ${formatProblem(problem)}\n` }
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
  throw new UserError(`cannot read the answer file ${file}`, { nextSteps: ['check the path and its permissions'] })
}

/** `passphraseFile: passphrase.txt` is meant beside the answer file, wherever we were started. */
export function secretsBeside(system: System, file: string) {
  return (path: string) => system.readText(resolve(dirname(file), path))
}
