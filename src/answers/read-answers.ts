import { LineCounter, parseDocument } from 'yaml'
import * as z from 'zod'
import type { Answers, StepId } from '../model/answers.ts'
import type { Problem } from '../model/problem.ts'
import { confirmationProblem } from '../plan/confirmation.ts'
import { stepOrder } from '../steps/order.ts'
import { parseSection, unknownKeyProblem, wrongTypeProblem } from '../steps/parse-step.ts'
import { byPlace, type Locate, type LocatedProblem, locateIn } from './locate.ts'
import { migrate } from './migrations.ts'
import { readSection } from './read-section.ts'
import { type GivenSecret, givenSecrets, type ReadSecretFile } from './secret-file.ts'
import { yamlProblems } from './yaml-problems.ts'

export type SectionDrafts = { readonly [Id in StepId]?: Readonly<Record<string, unknown>> }

export type ReadAnswers = {
  /** What each section of the file says, sound or not, with what may be left out filled in. */
  readonly drafts: SectionDrafts
  readonly secrets: readonly GivenSecret[]
  /** The devices of `confirm.erase`, which are those of disk.devices; null when the file does not confirm. */
  readonly confirmation: readonly string[] | null
} & (
  | {
      readonly answers: Answers
      /** For problems found later, with the machine. */
      readonly locate: Locate
    }
  | {
      /** Sorted by place. */
      readonly problems: readonly LocatedProblem[]
      /** The sections that are sound, so that the machine's problems with them can be told in the same report. */
      readonly partial: Partial<Answers>
      readonly locate: Locate
    }
)

export const confirmSchema = z.strictObject({
  erase: z.array(z.string()).describe('the disks that may be erased: the same list as disk.devices'),
})

const TOP_LEVEL_KEYS = ['version', ...stepOrder, 'confirm']

/** Reads an answer file (YAML): the answers, or every problem in it with line and column. No message quotes a secret. */
export async function readAnswers(
  text: string,
  fileName: string,
  options: { readonly readSecretFile: ReadSecretFile },
): Promise<ReadAnswers> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const locate = locateIn(document, lines, fileName)

  const yaml = yamlProblems(document)
  const place = ({ problem, offset }: (typeof yaml.fatal)[number]): LocatedProblem => {
    const { line, col } = lines.linePos(offset)
    return { ...problem, file: fileName, line, column: col }
  }
  const drafts: { [Id in StepId]?: Readonly<Record<string, unknown>> } = {}
  const secrets: GivenSecret[] = []
  const failed = (
    problems: readonly Problem[],
    partial: Partial<Answers> = {},
    confirmation: readonly string[] | null = null,
  ) => ({
    problems: byPlace([...yaml.fatal.map(place), ...yaml.duplicates.map(place), ...problems.map(locate)]),
    partial,
    confirmation,
    locate,
    drafts,
    secrets,
  })
  if (yaml.fatal.length > 0) return failed([])

  const root: unknown = document.toJS()
  if (!isGroup(root)) return failed([root === null ? emptyProblem() : wrongTypeProblem([], 'object', root)])
  const migrated = migrate(root)
  if ('problem' in migrated && migrated.problem.code === 'unknown-version') return failed([migrated.problem])
  const content = 'content' in migrated ? migrated.content : root

  const problems: Problem[] = 'problem' in migrated ? [migrated.problem] : []
  for (const key of Object.keys(content)) {
    if (!TOP_LEVEL_KEYS.includes(key)) problems.push(unknownKeyProblem(key, [], TOP_LEVEL_KEYS))
  }
  const answers: { [Id in StepId]?: Answers[Id] } = {}
  for (const id of stepOrder) {
    const { draft, problems: ofSection } = await readInto(answers, id, content[id], options.readSecretFile)
    problems.push(...ofSection)
    if (draft !== null) drafts[id] = draft
    secrets.push(...givenSecrets(id, content[id]))
  }
  const confirm = readConfirm(content.confirm, answers)
  problems.push(...confirm.problems)

  if (problems.length > 0 || yaml.duplicates.length > 0)
    return failed(problems, answers, confirm.problems.length > 0 ? null : confirm.erase)
  return { answers: answers as Answers, confirmation: confirm.erase, locate, drafts, secrets }
}

async function readInto<Id extends StepId>(
  answers: { [Key in StepId]?: Answers[Key] },
  id: Id,
  found: unknown,
  readSecretFile: ReadSecretFile,
) {
  const section = await readSection(id, found, readSecretFile)
  if (section.value !== null) Object.assign(answers, { [id]: section.value })
  return section
}

function readConfirm(
  found: unknown,
  { disk }: Partial<Answers>,
): { readonly erase: readonly string[] | null; readonly problems: readonly Problem[] } {
  if (found === undefined || found === null) return { erase: null, problems: [] }
  const parsed = parseSection(confirmSchema, 'confirm', found)
  if (!('value' in parsed)) return { erase: null, problems: parsed.problems }
  const { erase } = parsed.value
  const problem = disk ? confirmationProblem(disk.devices, erase) : null
  return { erase, problems: problem ? [problem] : [] }
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function emptyProblem(): Problem {
  return { code: 'missing', path: [], message: 'the file is empty', hint: 'the README shows an example' }
}
