import type { Answers, StepId } from '../model/answers.ts'
import type { Problem } from '../model/problem.ts'
import { Secret } from '../model/secret.ts'
import { steps } from '../steps/order.ts'
import { fieldDescriptions, parseStep } from '../steps/parse-step.ts'
import { OPTIONAL_KEYS, OPTIONAL_SECTIONS, SECRET_KEYS } from './optional-keys.ts'
import { lookUpSecret, type ReadSecretFile } from './secret-file.ts'

export type ReadSection<Id extends StepId> = {
  readonly value: Answers[Id] | null
  readonly problems: readonly Problem[]
  /** What the section says, as a page would hold it, sound or not, but its secret as a Secret; null when the file has no
   *  such section. */
  readonly draft: Readonly<Record<string, unknown>> | null
}

/** One section of the file, by the schema of its step; what may be left out is filled in first. */
export async function readSection<Id extends StepId>(
  id: Id,
  found: unknown,
  readSecretFile: ReadSecretFile,
): Promise<ReadSection<Id>> {
  // `address:` with nothing behind it is the usual way to say "none" in YAML.
  if (found === undefined || found === null) {
    if (!OPTIONAL_SECTIONS.has(id)) return { value: null, problems: [missingSection(id)], draft: null }
    return judge(id, { ...OPTIONAL_KEYS[id] })
  }
  if (typeof found !== 'object' || Array.isArray(found)) return { ...judge(id, found), draft: null }

  const given = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null))
  const unused = id === 'network' ? unusedStaticKeys(given) : []
  // A size of plain digits is a number to YAML; as text, the rule about units can answer it.
  if (id === 'disk' && typeof given.swap === 'number') given.swap = String(given.swap)

  const secret = await lookUpSecret(id, given, readSecretFile)
  const { value, problems, draft } = judge(id, { ...OPTIONAL_KEYS[id], ...secret.draft })
  const related = problems.map(secret.relate).filter((problem) => problem !== null)
  const all = [...secret.problems, ...related, ...unused]
  return { value: all.length > 0 ? null : value, problems: all, draft: withSecret(id, draft) }
}

function judge<Id extends StepId, Draft>(id: Id, draft: Draft) {
  const fileKey = SECRET_KEYS[id]?.fileKey
  const parsed = parseStep(steps[id], draft, fileKey ? [fileKey] : [])
  return 'value' in parsed
    ? { value: parsed.value, problems: [], draft }
    : { value: null, problems: parsed.problems, draft }
}

function withSecret(id: StepId, draft: Readonly<Record<string, unknown>>) {
  const key = SECRET_KEYS[id]?.key
  if (key === undefined || !(key in draft)) return draft
  const { [key]: text, ...rest } = draft
  return typeof text === 'string' ? { ...rest, [key]: new Secret(text) } : rest
}

function missingSection(id: StepId): Problem {
  const keys = [...fieldDescriptions(steps[id].schema).keys()].join(', ')
  return { code: 'missing', path: [id], message: 'this section is needed, but not given', hint: `it holds ${keys}` }
}

/** A page hides the static fields while DHCP is chosen and ignores them; a file that gives them contradicts itself. */
function unusedStaticKeys(given: Record<string, unknown>): Problem[] {
  if ((given.mode ?? 'dhcp') !== 'dhcp') return []
  return ['address', 'gateway', 'nameservers']
    .filter((key) => given[key] !== undefined && String(given[key]) !== '')
    .map((key) => ({
      code: 'not-used-with-dhcp',
      path: ['network', key],
      message: `${key} is used with mode static only`,
      hint: 'set mode: static, or take this key out',
    }))
}
