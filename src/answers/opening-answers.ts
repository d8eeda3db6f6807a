import type { StepId } from '../model/answers.ts'
import type { Problem } from '../model/problem.ts'
import { Secret } from '../model/secret.ts'
import { stepOrder } from '../steps/order.ts'
import type { Drafts } from '../steps/step.ts'
import type { LocatedProblem } from './locate.ts'
import type { ReadAnswers } from './read-answers.ts'

/** What the wizard starts from when it was given an answer file. */
export type OpeningAnswers = {
  /** As the person knows the file: its name. */
  readonly fileName: string
  /** Only what the file says, and what it may leave out; the machine's defaults stand in for the rest. */
  readonly drafts: { readonly [Id in StepId]?: Partial<Drafts[Id]> }
  /** What is wrong in the file. What it only leaves out is none: the wizard asks for that. */
  readonly problems: readonly LocatedProblem[]
  /** The pages that the file says nothing sound, or not everything, about. */
  readonly unanswered: ReadonlySet<StepId>
}

/** The kinds of the fields, to hold what a file says against. */
const KINDS: Drafts = {
  disk: { layout: '', devices: [], swap: '' },
  encryption: { passphrase: '', tpmUnlock: false, recoveryKey: false },
  network: { interface: '', mode: '', address: '', gateway: '', nameservers: [] },
  identity: { hostName: '', userName: '', password: '', sshKeys: [] },
  cluster: { name: '', role: '' },
}

/** A value that is wrong but can stand in its field is kept: there the person sees it and puts it right. One that cannot
 *  (another type, no such choice, control characters, which a terminal would obey) is left to the machine's default. */
export function openingAnswers(read: ReadAnswers, fileName: string): OpeningAnswers {
  const problems = 'problems' in read ? read.problems : []
  const drafts = Object.fromEntries(stepOrder.map((id) => [id, fieldsOf(id, read.drafts[id] ?? {}, problems)]))
  const hasSaid = (id: StepId) => read.drafts[id] !== undefined && problems.every(({ path }) => path[0] !== id)
  return {
    fileName,
    drafts,
    problems: problems.filter((problem) => !isLeftOut(problem)),
    unanswered: new Set(stepOrder.filter((id) => !hasSaid(id))),
  }
}

function fieldsOf(id: StepId, draft: Readonly<Record<string, unknown>>, problems: readonly Problem[]): object {
  const isNoChoice = (key: string) =>
    problems.some(({ code, path }) => code === 'invalid-choice' && path[0] === id && path[1] === key)
  return Object.fromEntries(
    Object.entries(KINDS[id]).flatMap(([key, kind]) => {
      const said = draft[key]
      // The pages hold secrets as the text that is typed there.
      const value = said instanceof Secret ? said.reveal() : said
      return canStandIn(value, kind) && !isNoChoice(key) ? [[key, value]] : []
    }),
  )
}

function canStandIn(value: unknown, kind: unknown): boolean {
  if (Array.isArray(kind)) return Array.isArray(value) && value.every((item) => canStandIn(item, ''))
  if (typeof value === 'string' && /\p{Cc}/u.test(value)) return false
  return typeof value === typeof kind
}

function isLeftOut({ code, path }: Problem): boolean {
  return code === 'missing' && stepOrder.some((id) => id === path[0])
}

/** For a file that cannot be read at all: the wizard says so and asks everything. */
export function unreadableAnswers(fileName: string): OpeningAnswers {
  const problem = {
    code: 'answer-file-unreadable',
    path: [],
    message: 'this answer file cannot be read',
    hint: 'check the path and its permissions',
  }
  return {
    fileName,
    drafts: {},
    problems: [{ ...problem, file: fileName, line: null, column: null }],
    unanswered: new Set(stepOrder),
  }
}
