import type { Answers, StepId } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { makePlan } from '../plan/make-plan.ts'
import { weakPassphrase } from '../plan/weak-passphrase.ts'
import { checkPassphrase } from '../steps/encryption/secret-rules.ts'
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

/** The value of one page, or everything that is wrong with it: its schema, the machine's say, the repeated secrets, and how
 *  easy the passphrase is to guess. */
export function judgeStep<Id extends StepId>(
  id: Id,
  drafts: Drafts,
  repeats: Repeats,
  hardware: Hardware,
): Parsed<Answers[Id]> {
  const parsed = parseStep(steps[id], drafts[id])
  const ofSecrets = secretProblems(id, drafts, repeats, hardware)
  if ('problems' in parsed) return { problems: [...parsed.problems, ...ofSecrets] }
  const problems = [...steps[id].check(parsed.value, hardware), ...ofSecrets]
  return problems.length > 0 ? { problems } : parsed
}

function secretProblems(id: StepId, drafts: Drafts, repeats: Repeats, hardware: Hardware): readonly Problem[] {
  const { encryption, identity, cluster } = drafts
  if (id === 'identity') {
    const differ = repeatedSecretProblem('password', identity.password, repeats.password, ['identity', 'password'])
    return differ ? [differ] : []
  }
  if (id !== 'encryption' || encryption.unlock === 'none') return []
  const { passphrase, pin, unlock } = encryption
  const path = ['encryption', 'passphrase']
  const differ = [
    repeatedSecretProblem('passphrase', passphrase, repeats.passphrase, path),
    unlock === 'tpm-pin' ? repeatedSecretProblem('pin', pin, repeats.pin, ['encryption', 'pin']) : null,
  ]
  // One that is too short is weak as well: once is enough.
  const isShort = checkPassphrase(passphrase) !== null
  const { hostName, userName } = identity
  const weak = isShort ? [] : weakPassphrase({ passphrase, hostName, userName, clusterName: cluster.name }, hardware)
  return [...differ.filter((problem) => problem !== null), ...weak]
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
