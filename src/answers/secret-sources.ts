import type { StepId } from '../model/answers.ts'
import type { Problem } from '../model/problem.ts'
import { wrongTypeProblem } from '../steps/parse-step.ts'
import { SECRET_KEYS, type SecretKey, type Way, waysOf } from './secret-keys.ts'
import { isVariable, secretTextFinding } from './secret-text.ts'

/** Text of a secret's file, or null when it cannot be read. */
export type ReadSecretFile = (path: string) => Promise<string | null>

export type SecretSources = {
  readonly readSecretFile: ReadSecretFile
  /** Value of an environment variable, or null when it is not set. Left out: there are none. */
  readonly readVariable?: (name: string) => string | null
  /** Asks a person, without echo; null when nobody can be asked. Left out: the secret stays open, the wizard asks later. */
  readonly askSecret?: (secret: SecretKey) => Promise<string | null>
}

/** A secret that the answer file gives: the key it is given by; `reference` is the file's or variable's name, true for
 *  KPrompt, and null when the answer file holds the secret itself. */
export type GivenSecret = {
  readonly path: readonly [StepId, string]
  readonly key: string
  readonly reference: string | true | null
}

export type SecretLookup = {
  /** The section with the secrets themselves and without the keys that say where they are. */
  readonly draft: Record<string, unknown>
  readonly problems: readonly Problem[]
  /** Turns a problem of a secret into one of the place it came from. Null: already told by `problems`. */
  readonly relate: (problem: Problem) => Problem | null
}

type Place = { readonly secret: SecretKey; readonly name: string; readonly way: Way; readonly value: unknown }

/** The secrets that a section gives, by its keys alone: nothing is looked up. */
export function givenSecrets(stepId: StepId, section: unknown): readonly GivenSecret[] {
  if (typeof section !== 'object' || section === null) return []
  return placesIn(stepId, section as Record<string, unknown>).flatMap(({ secret, name, way, value }) => {
    const reference = way === '' ? null : typeof value === 'string' || value === true ? value : undefined
    return reference === undefined ? [] : [{ path: [stepId, name] as const, key: secret.key, reference }]
  })
}

function placesIn(stepId: StepId, section: Record<string, unknown>): readonly Place[] {
  return (SECRET_KEYS[stepId] ?? []).flatMap((secret) =>
    waysOf(secret).flatMap(({ name, way }) => {
      const value = section[name]
      return value === undefined || value === null ? [] : [{ secret, name, way, value }]
    }),
  )
}

/** Puts the secrets of KFile, KEnv and KPrompt in their places. */
export async function lookUpSecrets(
  stepId: StepId,
  section: Record<string, unknown>,
  sources: SecretSources,
): Promise<SecretLookup> {
  const secrets = SECRET_KEYS[stepId] ?? []
  const places = placesIn(stepId, section)
  const references = new Set(
    secrets.flatMap((secret) => waysOf(secret).flatMap(({ name, way }) => (way ? [name] : []))),
  )
  const draft = Object.fromEntries(Object.entries(section).filter(([key]) => !references.has(key)))
  const problems: Problem[] = []
  /** What is told already, by key; and by which key the secret came. */
  const told = new Set<string>()
  const cameBy = new Map<string, string>()
  for (const group of new Set(secrets.map((secret) => secret.group))) {
    const [first, second] = places.filter(({ secret }) => secret.group === group)
    if (!first) continue
    const found = second ? bothGiven(stepId, first, second) : await lookUp(stepId, first, sources)
    if (typeof found === 'string') {
      draft[first.secret.key] = found
      cameBy.set(first.secret.key, first.name)
    } else if (found !== null) {
      problems.push(found)
      for (const secret of secrets) if (secret.group === group) told.add(secret.key)
    }
  }
  const relate = (problem: Problem) => {
    const key = String(problem.path[1])
    if (told.has(key)) return null
    const name = cameBy.get(key)
    if (name !== undefined) return { ...problem, path: [stepId, name] }
    const secret = secrets.find((each) => each.key === key)
    return secret && problem.code === 'missing' ? missing(problem, secret) : problem
  }
  return { draft, problems, relate }
}

/** The secret's text, a problem, or null: it stands in the section itself, where the schema judges it. */
async function lookUp(
  stepId: StepId,
  { secret, name, way, value }: Place,
  { readSecretFile, readVariable, askSecret }: SecretSources,
): Promise<string | Problem | null> {
  const path = [stepId, name]
  const { key } = secret
  if (way === '') return typeof value === 'string' && isVariable(value) ? variableProblem(path, secret) : null
  if (way === 'Prompt') {
    if (value !== true) {
      const message = 'must be true, or left out'
      return { code: 'wrong-type', path, message, hint: `${name}: true asks for it on the terminal` }
    }
    if (!askSecret) {
      const message = `the ${secret.what} is asked for, so somebody must be there`
      return { code: 'secret-is-asked', path, message, hint: `without anybody there, give ${key}File instead` }
    }
    const text = await askSecret(secret)
    if (text !== null) return text
    const message = 'there is no terminal here to ask for it on'
    return { code: 'secret-prompt-without-terminal', path, message, hint: `give ${key}File or ${key}Env instead` }
  }
  if (typeof value !== 'string') return wrongTypeProblem(path, 'string', value)
  // Neither path nor name is quoted: it may be the secret itself, put under the wrong key.
  if (way === 'Env') {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) {
      const message = 'must be the name of an environment variable: letters, digits and _'
      return { code: 'invalid-variable-name', path, message, hint: 'the name without $, and never the secret itself' }
    }
    const text = readVariable?.(value) ?? null
    if (text !== null) return judged(text, 'variable', path)
    const message = 'there is no environment variable of this name'
    const hint = 'export it before keystone is started; sudo keeps it only with --preserve-env'
    return { code: 'secret-variable-unset', path, message, hint }
  }
  const text = await readSecretFile(value)
  // Editors end a file with a line end that nobody meant to be part of the secret.
  if (text !== null) return judged(text.replace(/\r?\n$/, ''), 'file', path)
  const message = 'this file cannot be read'
  return { code: 'secret-file-unreadable', path, message, hint: hintForPath(value) }
}

function hintForPath(path: string): string {
  if (path.startsWith('~')) return 'write the whole path: ~ is not known here'
  const hint = 'check the path and its permissions'
  return path.startsWith('/') ? hint : `${hint}; it counts from the folder of the answer file`
}

function judged(text: string, source: 'file' | 'variable', path: Problem['path']): string | Problem {
  const finding = secretTextFinding(text, source)
  return finding === null ? text : { ...finding, path }
}

function variableProblem(path: Problem['path'], { key }: SecretKey): Problem {
  const message = 'this looks like a variable, and variables are not filled in here'
  return { code: 'secret-is-variable', path, message, hint: `give ${key}Env with the name alone, without $` }
}

function bothGiven(stepId: StepId, first: Place, second: Place): Problem {
  const message = `${first.name} and ${second.name} are both given`
  return { code: 'secret-given-twice', path: [stepId, second.name], message, hint: 'keep one of them' }
}

function missing(problem: Problem, { key, canBeAsked, group }: SecretKey): Problem {
  const ways = [key, `${key}File (a path)`, `${key}Env (name of a variable)`]
  if (group === 'password') ways.push('passwordHash')
  const hint = canBeAsked ? `give ${ways.join(', ')}, or ${key}Prompt: true` : `give ${ways.join(', or ')}`
  return { ...problem, message: 'is needed, but not given', hint }
}
