import type { StepId } from '../model/answers.ts'
import type { Problem } from '../model/problem.ts'
import { Secret } from '../model/secret.ts'
import { DISK_LISTS } from '../steps/disk/disk-rules.ts'
import { stepOrder, steps } from '../steps/order.ts'
import type { Drafts } from '../steps/step.ts'
import type { DiskEntry } from './disk-entries.ts'
import { type FieldKind, fieldKinds } from './field-kinds.ts'
import type { LocatedProblem } from './locate.ts'
import type { ReadAnswers } from './read-answers.ts'
import { isMissingSecret } from './secret-keys.ts'

/** What the wizard starts from when it was given an answer file. */
export type OpeningAnswers = {
  /** As the person knows the file: its name. */
  readonly fileName: string
  /** Only what the file says, and what it may leave out; the machine's defaults stand in for the rest. */
  readonly drafts: { readonly [Id in StepId]?: Partial<Drafts[Id]> }
  /** The disks as the file names them. Those by filter come to the drafts with `withMatchedDisks`, as soon as the hardware is
   *  known. */
  readonly entries: readonly DiskEntry[]
  /** What is wrong in the file. What it only leaves out is none: the wizard asks for that. */
  readonly problems: readonly LocatedProblem[]
  /** The pages that the file says nothing sound, or not everything, about. */
  readonly unanswered: ReadonlySet<StepId>
  /** Places a problem that is found later. */
  readonly locate: (problem: Problem) => LocatedProblem | null
}

/** A value that is wrong but can stand in its field is kept: there the person sees it and puts it right. One that cannot
 *  (another type, no such choice, control characters, which a terminal would obey) is left to the machine's default. */
export function openingAnswers(read: ReadAnswers, fileName: string): OpeningAnswers {
  const { problems, entries, locate } = read
  const drafts = Object.fromEntries(stepOrder.map((id) => [id, fieldsOf(id, namedDisks(id, read), problems)]))
  const hasSaid = (id: StepId) => read.drafts[id] !== undefined && problems.every(({ path }) => path[0] !== id)
  return {
    fileName,
    drafts,
    entries,
    problems: problems.filter((problem) => !isLeftOut(problem)),
    unanswered: new Set(stepOrder.filter((id) => !hasSaid(id))),
    locate,
  }
}

/** The section with ids in its lists of disks. A list with an entry that is none is left as it is: it cannot stand in its
 *  field. */
function namedDisks(id: StepId, { drafts, entries }: ReadAnswers): Readonly<Record<string, unknown>> {
  const draft = drafts[id] ?? {}
  if (id !== 'disk') return draft
  const lists = DISK_LISTS.flatMap((list): [string, unknown][] => {
    const ofList = entries.filter((entry) => entry.list === list)
    const said = draft[list]
    if (!Array.isArray(said) || said.length !== ofList.length) return []
    return [[list, ofList.flatMap((entry) => ('id' in entry ? [entry.id] : []))]]
  })
  return { ...draft, ...Object.fromEntries(lists) }
}

/** No choice of the field, or a secret that is not what the person believes, which no page shows. */
const UNFIT: ReadonlySet<string> = new Set(['invalid-choice', 'secret-is-variable', 'secret-cut-by-comment'])

function fieldsOf(id: StepId, draft: Readonly<Record<string, unknown>>, problems: readonly Problem[]): object {
  const isUnfit = (key: string) =>
    problems.some(({ code, path }) => UNFIT.has(code) && path[0] === id && path[1] === key)
  return Object.fromEntries(
    [...fieldKinds(steps[id].schema)].flatMap(([key, kind]) => {
      const said = draft[key]
      // The pages hold secrets as the text that is typed there.
      const value = said instanceof Secret ? said.reveal() : said
      return canStandIn(value, kind) && !isUnfit(key) ? [[key, value]] : []
    }),
  )
}

function canStandIn(value: unknown, kind: FieldKind): boolean {
  if (kind === 'list') return Array.isArray(value) && value.every((item) => canStandIn(item, 'text'))
  if (kind === 'flag') return typeof value === 'boolean'
  return typeof value === 'string' && !/\p{Cc}/u.test(value)
}

function isLeftOut(problem: Problem): boolean {
  return isMissingSecret(problem) || (problem.code === 'missing' && stepOrder.some((id) => id === problem.path[0]))
}

/** For a file that cannot be read at all: the wizard says so and asks everything. */
export function unreadableAnswers(fileName: string): OpeningAnswers {
  const problem = {
    code: 'answer-file-unreadable',
    path: [],
    message: 'this answer file cannot be read',
    hint: 'check the path and its permissions',
  }
  const locate = (other: Problem) => ({ ...other, file: fileName, line: null, column: null })
  return {
    fileName,
    drafts: {},
    entries: [],
    problems: [locate(problem)],
    unanswered: new Set(stepOrder),
    locate,
  }
}
