import { type Document, isMap, isScalar, visit } from 'yaml'
import type { Answers, StepId } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'
import { weakPassphraseIn } from '../plan/weak-passphrase.ts'
import { stepOrder } from '../steps/order.ts'
import { unknownKeyProblem, wrongTypeProblem } from '../steps/parse-step.ts'
import type { DiskEntry } from './disk-entries.ts'
import { byPlace, type Locate, type LocatedProblem, locateIn, placeAt, type Source } from './locate.ts'
import { CURRENT_VERSION, type Migrated, migrate, withOldName } from './migrations.ts'
import { parseAnswerText } from './parse-text.ts'
import { readSection } from './read-section.ts'
import { withRightPlace } from './right-place.ts'
import { hiddenInDocument, hiddenInText } from './secret-places.ts'
import { type GivenSecret, givenSecrets, type SecretSources } from './secret-sources.ts'
import { unconfirmedEntries } from './unconfirmed.ts'
import { SCHEMA_KEY, type YamlProblem } from './yaml-problems.ts'

export type SectionDrafts = { readonly [Id in StepId]?: Readonly<Record<string, unknown>> }

export type ReadAnswers = {
  /** All of them; null when there are problems, or disks are named by filters and no machine was given. */
  readonly answers: Answers | null
  /** Everything wrong with the file, sorted by place. */
  readonly problems: readonly LocatedProblem[]
  /** The sections that are sound, so that the machine's problems with them can be told in the same report. */
  readonly partial: Partial<Answers>
  /** What each section of the file says, sound or not, with what may be left out filled in. */
  readonly drafts: SectionDrafts
  /** The disks as the file names them, of all lists. */
  readonly entries: readonly DiskEntry[]
  readonly secrets: readonly GivenSecret[]
  /** The disks and filters without `wipe: true`: an install without questions is refused for them. */
  readonly unconfirmed: readonly LocatedProblem[]
  /** For problems found later, with the machine. Null: told already. */
  readonly locate: (problem: Problem) => LocatedProblem | null
}

export type ReadOptions = SecretSources & {
  /** Finds the disks of filters. Left out: filters are checked in form only. */
  readonly hardware?: Hardware
  /** Leaves out how easy the passphrase is to guess, which takes dictionaries: the wizard judges it itself. */
  readonly skipsStrength?: boolean
}

const TOP_LEVEL_KEYS = ['version', ...stepOrder]

/** Plain digits are a number to YAML; as text, the rule of the field can answer them. */
const DIGIT_KEYS: readonly (readonly [StepId, string])[] = [
  ['disk', 'esp'],
  ['disk', 'swap'],
  ['network', 'vlan'],
]

/** Reads an answer file (YAML) of any version: the answers, and every problem in it with line and column. No message and
 *  no excerpt shows a secret. */
export async function readAnswers(text: string, fileName: string, options: ReadOptions): Promise<ReadAnswers> {
  const parsed = parseAnswerText(text)
  const lines = parsed.lines
  if ('fatal' in parsed) {
    const source: Source = { text, lines, fileName, hidden: hiddenInText(text) }
    return nothingRead(source, [placeAt(source, parsed.fatal.problem, parsed.fatal.offset)])
  }
  const { document, besides } = parsed
  // Before anything is changed in the document: the text stays as it is.
  const hidden = hiddenInDocument(document)
  const migrated = migrate(document)
  const source: Source = { text, lines, fileName, hidden, renamed: migrated.renamed }
  const place = ({ problem, offset }: YamlProblem) => placeAt(source, problem, offset)
  keepDigits(document)
  const root: unknown = document.toJS()
  if (!isGroup(root)) {
    const problem = root === null ? emptyProblem() : wrongTypeProblem([], 'object', root)
    return nothingRead(source, [placeAt(source, problem, 0)])
  }
  const ofFile = [...besides, ...migrated.problems].map(place)
  if (!migrated.isReadable) return nothingRead(source, ofFile)
  return readContent(root, { source, migrated, ofFile, locate: locateIn(document, source), options })
}

type Content = {
  readonly source: Source
  readonly migrated: Migrated
  readonly ofFile: readonly LocatedProblem[]
  readonly locate: Locate
  readonly options: ReadOptions
}

async function readContent(
  root: Record<string, unknown>,
  { migrated, ofFile, locate, options }: Content,
): Promise<ReadAnswers> {
  const problems: Problem[] = []
  for (const key of Object.keys(root)) {
    if (key === SCHEMA_KEY && typeof root[key] !== 'string') problems.push(wrongTypeProblem([key], 'string', root[key]))
    if (key === SCHEMA_KEY || TOP_LEVEL_KEYS.includes(key)) continue
    problems.push(withOldName(withRightPlace(unknownKeyProblem(key, [], TOP_LEVEL_KEYS))))
  }
  const partial: { [Id in StepId]?: Answers[Id] } = {}
  const drafts: { [Id in StepId]?: Readonly<Record<string, unknown>> } = {}
  const secrets: GivenSecret[] = []
  let entries: readonly DiskEntry[] = []
  let relate = (problem: Problem): Problem | null => problem
  for (const id of stepOrder) {
    const section = await readSection(id, root[id], { hardware: null, ...options })
    if (section.value !== null) Object.assign(partial, { [id]: section.value })
    if (section.draft !== null) drafts[id] = section.draft
    if (id === 'disk') {
      entries = section.entries
      relate = section.relate
    }
    problems.push(...section.problems.filter((problem) => !isTold(problem, migrated)))
    secrets.push(...givenSecrets(id, root[id]))
  }
  const cameFrom = new Map(secrets.map(({ path, key }) => [`${path[0]}.${key}`, path]))
  const weak = options.skipsStrength ? [] : await weakPassphraseIn(partial, options.hardware ?? null)
  problems.push(...weak.map((problem) => ({ ...problem, path: cameFrom.get(problem.path.join('.')) ?? problem.path })))
  const all = byPlace([...ofFile, ...problems.map(locate)])
  const isWhole = all.length === 0 && stepOrder.every((id) => partial[id] !== undefined)
  return {
    answers: isWhole ? (partial as Answers) : null,
    problems: all,
    partial,
    drafts,
    entries,
    secrets,
    unconfirmed: unconfirmedEntries(entries, migrated.version ?? CURRENT_VERSION).map(locate),
    locate(problem) {
      const related = relate(problem)
      return related && locate(related)
    },
  }
}

function nothingRead(source: Source, problems: readonly LocatedProblem[]): ReadAnswers {
  const locate = (problem: Problem) => ({ ...problem, file: source.fileName, line: null, column: null })
  return { answers: null, problems, partial: {}, drafts: {}, entries: [], secrets: [], unconfirmed: [], locate }
}

function keepDigits(document: Document): void {
  for (const path of DIGIT_KEYS) {
    const section = document.get(path[0], true)
    const node = isMap(section) ? section.get(path[1], true) : null
    asText(node)
  }
  visit(document, {
    Pair(_key, { key, value }) {
      if (isScalar(key) && (key.value === 'minSize' || key.value === 'maxSize')) asText(value)
    },
  })
}

function asText(node: unknown): void {
  if (isScalar(node) && typeof node.value === 'number') node.value = node.source ?? String(node.value)
}

function isTold({ path }: Problem, { told }: Migrated): boolean {
  return told.some((one) => one.join('.') === path.join('.'))
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function emptyProblem(): Problem {
  return { code: 'missing', path: [], message: 'the file is empty', hint: 'the README shows an example' }
}
