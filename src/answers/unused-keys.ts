import type { StepId } from '../model/answers.ts'
import type { Problem } from '../model/problem.ts'
import { KEYS_THAT_NEED } from '../steps/network/network.ts'
import { OPTIONAL_KEYS } from './optional-keys.ts'

type Given = Readonly<Record<string, unknown>>
type Rule = {
  readonly keys: readonly string[]
  /** The key that decides; while it is wrong itself nothing can be said. */
  readonly by: string
  /** Whether the other keys make these of no use. */
  readonly areUnused: (given: Given) => boolean
  readonly code: string
  readonly when: string
  readonly hint: string
}

const isJoining = ({ role }: Given) => role !== undefined && role !== 'primer'

/** A page hides the fields that a choice makes useless, and ignores them; a file that gives them contradicts itself, and
 *  one of the two is a mistake. What the schemas themselves refuse is not here. */
const RULES: Readonly<Partial<Record<StepId, readonly Rule[]>>> = {
  encryption: [
    {
      keys: ['recoveryKey'],
      by: 'unlock',
      areUnused: ({ unlock }) => unlock === 'none',
      code: 'not-used-without-encryption',
      when: 'with encryption only, and unlock: none turns it off',
      hint: 'choose another unlock, or take this key out',
    },
  ],
  network: KEYS_THAT_NEED.map(({ keys, needs, value, code }) => ({
    keys,
    by: needs,
    areUnused: (given) => (given[needs] ?? OPTIONAL_KEYS.network[needs]) !== value,
    code,
    when: `with ${needs} ${value} only`,
    hint: `set ${needs}: ${value}, or take this key out`,
  })),
  cluster: [
    {
      keys: ['server', 'token', 'tokenFile', 'tokenEnv', 'tokenPrompt', 'caHash'],
      by: 'role',
      areUnused: (given) => !isJoining(given),
      code: 'not-used-by-primer',
      when: 'to join a cluster only, and a primer starts one',
      hint: 'choose another role, or take this key out',
    },
  ],
}

/** The keys of a section that its other keys make useless. What says nothing (empty, false) contradicts nothing. */
export function unusedKeys(id: StepId, given: Given, problems: readonly Problem[]): readonly Problem[] {
  return (RULES[id] ?? []).flatMap(({ keys, by, areUnused, code, when, hint }) => {
    if (!areUnused(given) || problems.some(({ path }) => path[1] === by)) return []
    const used = keys.filter((key) => !isEmpty(given[key]) && given[key] !== false)
    return used.map((key) => ({ code, path: [id, key], message: `${key} is used ${when}`, hint }))
  })
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || String(value) === ''
}
