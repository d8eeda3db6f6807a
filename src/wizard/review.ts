import type { Answers, Confirmation, StepId } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { makePlan } from '../plan/make-plan.ts'
import { stepOrder, steps } from '../steps/order.ts'
import { type Parsed, parseStep } from '../steps/parse-step.ts'
import { repeatedSecretProblem } from '../steps/secret-text.ts'
import type { Drafts, SummaryLine } from '../steps/step.ts'
import type { Repeats } from './state.ts'

export type ReviewSection = {
  readonly id: StepId
  readonly title: string
  /** Empty when the page has problems. */
  readonly lines: readonly SummaryLine[]
  readonly problems: readonly Problem[]
}

export type Review = {
  readonly sections: readonly ReviewSection[]
  /** Of the machine as a whole. */
  readonly machineProblems: readonly Problem[]
  /** Null while any page has problems. */
  readonly answers: Answers | null
  readonly plan: Plan | null
}

/** The value of one page, or everything that is wrong with it: its schema, the machine's say, and the repeated secret. */
export function judgeStep<Id extends StepId>(
  id: Id,
  drafts: Drafts,
  repeats: Repeats,
  hardware: Hardware,
): Parsed<Answers[Id]> {
  const parsed = parseStep(steps[id], drafts[id])
  const repeated = repeatProblems(id, drafts, repeats)
  if ('problems' in parsed) return { problems: [...parsed.problems, ...repeated] }
  const problems = [...steps[id].check(parsed.value, hardware), ...repeated]
  return problems.length > 0 ? { problems } : parsed
}

function repeatProblems(id: StepId, drafts: Drafts, repeats: Repeats): readonly Problem[] {
  const problem =
    id === 'encryption'
      ? repeatedSecretProblem(drafts.encryption.passphrase, repeats.passphrase, ['encryption', 'passphrase'])
      : id === 'identity'
        ? repeatedSecretProblem(drafts.identity.password, repeats.password, ['identity', 'password'])
        : null
  return problem ? [problem] : []
}

export function makeReview(drafts: Drafts, repeats: Repeats, hardware: Hardware): Review {
  const values: Partial<Answers> = {}
  const sections = stepOrder.map((id) => reviewStep(id, values, drafts, repeats, hardware))
  if (sections.some(({ problems }) => problems.length > 0)) {
    return { sections, machineProblems: [], answers: null, plan: null }
  }
  const answers = values as Answers
  const { plan, problems } = makePlan(answers, hardware)
  return { sections, machineProblems: problems, answers, plan }
}

function reviewStep<Id extends StepId>(
  id: Id,
  values: Partial<Answers>,
  drafts: Drafts,
  repeats: Repeats,
  hardware: Hardware,
): ReviewSection {
  const { title, summary } = steps[id]
  const judged = judgeStep(id, drafts, repeats, hardware)
  if ('problems' in judged) return { id, title, lines: [], problems: judged.problems }
  values[id] = judged.value
  return { id, title, lines: summary(judged.value, hardware), problems: [] }
}

/** The disks that will be erased, in the plan's order, as this machine knows them now. */
export function targetDisks(plan: Plan, hardware: Hardware): Hardware['disks'] {
  return plan.storage.disks.flatMap(({ id }) => hardware.disks.filter((disk) => disk.id === id))
}

/** What the person must type to have them erased: `vda`, or `vda vdb`. */
export function diskNamesToType(plan: Plan, hardware: Hardware): string {
  return targetDisks(plan, hardware)
    .map(({ name }) => name)
    .join(' ')
}

export function confirmationOf(plan: Plan): Confirmation {
  return { disks: plan.storage.disks.map(({ id, serial, sizeBytes }) => ({ id, serial, sizeBytes })) }
}
