import type { Answers, StepId } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'
import { Secret } from '../model/secret.ts'
import { steps } from '../steps/order.ts'
import { fieldDescriptions, parseStep } from '../steps/parse-step.ts'
import { type DiskEntry, readDiskEntries } from './disk-entries.ts'
import { withOldName } from './migrations.ts'
import { OPTIONAL_KEYS, OPTIONAL_SECTIONS } from './optional-keys.ts'
import { hasOpenCount, isOpenEntry, resolveDisks } from './resolve-disks.ts'
import { withRightPlace } from './right-place.ts'
import { referenceNames, SECRET_KEYS } from './secret-keys.ts'
import { lookUpSecrets, type SecretSources } from './secret-sources.ts'
import { unusedKeys } from './unused-keys.ts'

export type ReadSection<Id extends StepId> = {
  /** Null when the section is not sound, or names disks by filters and no machine is there. */
  readonly value: Answers[Id] | null
  readonly problems: readonly Problem[]
  /** What the section says, as a page would hold it, sound or not, but its secrets as Secret and its disks as entries; null
   *  when the file has no such section. */
  readonly draft: Readonly<Record<string, unknown>> | null
  /** Of the disk section. */
  readonly entries: readonly DiskEntry[]
  /** A problem that the machine has with the value, as one of what the file says. Null: told already. */
  readonly relate: (problem: Problem) => Problem | null
}

export type SectionContext = SecretSources & {
  /** Finds the disks of filters; null: they are checked in form only. */
  readonly hardware: Pick<Hardware, 'disks'> | null
}

type Group = Readonly<Record<string, unknown>>
const unrelated = { entries: [], relate: (problem: Problem) => problem }

/** One section of the file, by the schema of its step; what may be left out is filled in first. */
export async function readSection<Id extends StepId>(
  id: Id,
  found: unknown,
  context: SectionContext,
): Promise<ReadSection<Id>> {
  // `address:` with nothing behind it is the usual way to say "none" in YAML.
  if (found === undefined || found === null) {
    if (!OPTIONAL_SECTIONS.has(id)) return { ...unrelated, value: null, problems: [missingSection(id)], draft: null }
    return { ...unrelated, ...judge(id, { ...OPTIONAL_KEYS[id] }), draft: withSecrets(id, { ...OPTIONAL_KEYS[id] }) }
  }
  if (typeof found !== 'object' || Array.isArray(found)) return { ...unrelated, ...judge(id, found), draft: null }

  const known = new Set([...fieldDescriptions(steps[id].schema).keys(), ...referenceNames(id)])
  // One that nobody knows is told, whatever it says.
  const given = Object.fromEntries(Object.entries(found).filter(([key, value]) => value !== null || !known.has(key)))
  const secrets = await lookUpSecrets(id, given, context)
  const draft: Group = { ...OPTIONAL_KEYS[id], ...secrets.draft }
  const judged = id === 'disk' ? judgeDisks(draft, context.hardware) : { ...unrelated, ...judge(id, draft) }
  const related = judged.problems.map(secrets.relate).filter((problem) => problem !== null)
  const problems = [
    ...secrets.problems,
    ...related.map((problem) => withOldName(withRightPlace(problem))),
    ...unusedKeys(id, given, related),
  ]
  const value = problems.length > 0 ? null : (judged.value as Answers[Id] | null)
  return { ...judged, value, problems, draft: withSecrets(id, draft) }
}

function judge<Id extends StepId>(id: Id, draft: unknown) {
  const parsed = parseStep(steps[id], draft, referenceNames(id))
  return 'value' in parsed ? { value: parsed.value, problems: [] } : { value: null, problems: parsed.problems }
}

/** With more disks in a pool than this nobody plans, and the layouts' own rules have shown by then. */
const MOST_TRIED = 24

function judgeDisks(draft: Group, hardware: SectionContext['hardware']): Omit<ReadSection<'disk'>, 'draft'> {
  const { entries, problems } = readDiskEntries(draft)
  // Entries that are not sound are told already, and so is whatever their lists would be without them.
  const broken = new Set(problems.map(({ path }) => path[1]))
  const tried = (allCount: number) => {
    const resolved = resolveDisks(entries, hardware, allCount)
    const lists = Object.fromEntries(Object.entries(resolved.lists).filter(([list]) => Array.isArray(draft[list])))
    const { value, problems: found } = judge('disk', { ...draft, ...lists })
    // How many "all" are is not known where none fit: the length of the list says nothing.
    const unsettled = new Set(resolved.problems.flatMap(({ path }) => (isOpenEntry(entries, path) ? [path[1]] : [])))
    const ofSchema = found
      .filter(({ path }) => !broken.has(path[1]) && !(path.length === 2 && unsettled.has(path[1])))
      .flatMap((problem) => resolved.relate(problem) ?? [])
    const all = [...problems, ...resolved.problems, ...ofSchema]
    return { value: resolved.isComplete ? value : null, problems: all, entries, relate: resolved.relate }
  }
  const first = tried(1)
  if (hardware !== null || first.problems.length === 0 || !hasOpenCount(entries)) return first
  // "All that fit" may be any number: one that the rules take is enough for now.
  for (let count = 2; count <= MOST_TRIED; count++) {
    const next = tried(count)
    if (next.problems.length === 0) return next
  }
  return first
}

function withSecrets(id: StepId, draft: Group): Group {
  const keys = new Set((SECRET_KEYS[id] ?? []).map(({ key }) => key))
  return Object.fromEntries(
    Object.entries(draft).flatMap(([key, value]): [string, unknown][] => {
      if (!keys.has(key)) return [[key, value]]
      return typeof value === 'string' && value !== '' ? [[key, new Secret(value)]] : []
    }),
  )
}

function missingSection(id: StepId): Problem {
  const keys = [...fieldDescriptions(steps[id].schema).keys()].join(', ')
  return { code: 'missing', path: [id], message: 'this section is needed, but not given', hint: `it holds ${keys}` }
}
