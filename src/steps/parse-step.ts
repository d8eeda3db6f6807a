import * as z from 'zod'
import type { Answers, StepId } from '../model/answers.ts'
import type { Problem } from '../model/problem.ts'
import { closestWord } from './closest-word.ts'
import { quote } from './field.ts'
import type { Step } from './step.ts'

export type Parsed<T> = { readonly value: T } | { readonly problems: readonly Problem[] }

/** Runs a draft (from a page) or a section of the answer file through the step's schema: the value, or every problem with
 *  it. Paths start with the step's id. `alsoKnownKeys`: keys the caller has taken out before, offered as "did you mean". */
export function parseStep<Id extends StepId>(
  step: Step<Id>,
  draft: unknown,
  alsoKnownKeys: readonly string[] = [],
): Parsed<Answers[Id]> {
  return parseSection(step.schema, step.id, draft, alsoKnownKeys)
}

/** The same for any schema that stands under one key. */
export function parseSection<T>(
  schema: z.ZodType<T>,
  key: string,
  draft: unknown,
  alsoKnownKeys: readonly string[] = [],
): Parsed<T> {
  const result = schema.safeParse(draft)
  if (result.success) return { value: result.data }
  const section = { key, draft, fields: fieldDescriptions(schema), alsoKnownKeys }
  return { problems: result.error.issues.flatMap((issue) => issueProblems(issue, section)) }
}

type Section = {
  readonly key: string
  readonly draft: unknown
  /** Key -> description. */
  readonly fields: ReadonlyMap<string, string>
  readonly alsoKnownKeys: readonly string[]
}

function issueProblems(issue: z.core.$ZodIssue, section: Section): Problem[] {
  const inner = issue.path.filter((part) => typeof part !== 'symbol')
  const path = [section.key, ...inner]
  const found = valueAt(section.draft, inner)
  switch (issue.code) {
    case 'custom': {
      const hint: unknown = issue.params?.hint
      const code = String(issue.params?.code)
      return [{ code, path, message: issue.message, ...(typeof hint === 'string' && { hint }) }]
    }
    case 'unrecognized_keys': {
      const known = [...section.fields.keys(), ...section.alsoKnownKeys]
      return issue.keys.map((key) => unknownKeyProblem(key, path, known))
    }
    case 'invalid_value': {
      if (found === undefined) return [missingProblem(path, section.fields)]
      // Only fields with a fixed list of choices end here, and none of them is a secret: the finding may be quoted.
      const choices = issue.values.map(String)
      const got = typeof found === 'string' ? quote(found) : typeName(found)
      const meant = typeof found === 'string' ? closestWord(found, choices) : null
      const hint = meant ? { hint: `did you mean ${meant}?` } : {}
      return [{ code: 'invalid-choice', path, message: `must be ${listChoices(choices)}, got ${got}`, ...hint }]
    }
    case 'invalid_type':
      if (found === undefined) return [missingProblem(path, section.fields)]
      return [wrongTypeProblem(path, issue.expected, found)]
    default:
      // The schemas use no other checks of zod's own; should one slip in, its sentence is better than none.
      return [{ code: 'invalid', path, message: issue.message }]
  }
}

/** A key nobody reads: almost always a slip of the finger, and never ignored in silence. */
export function unknownKeyProblem(key: string, parent: Problem['path'], known: readonly string[]): Problem {
  const meant = closestWord(key, known)
  return {
    code: 'unknown-key',
    path: [...parent, key],
    message: 'there is no such key',
    hint: meant ? `did you mean ${meant}?` : `known are ${[...new Set(known)].join(', ')}`,
  }
}

function missingProblem(path: Problem['path'], fields: ReadonlyMap<string, string>): Problem {
  const description = fields.get(String(path[1]))
  return { code: 'missing', path, message: 'is needed, but not given', ...(description && { hint: description }) }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  number: 'a number',
}

/** `must be text, got a number`. Says the kind of what was found, never the value: it may be a secret. */
export function wrongTypeProblem(path: Problem['path'], expected: string, found: unknown): Problem {
  const rule = TYPE_WORDS[expected] ?? expected
  const hint = wrongTypeHint(expected, found)
  return { code: 'wrong-type', path, message: `must be ${rule}, got ${typeName(found)}`, ...(hint && { hint }) }
}

function wrongTypeHint(expected: string, found: unknown): string | null {
  if (expected === 'string' && (typeof found === 'number' || typeof found === 'boolean')) return 'put it in quotes'
  if (expected === 'array') return 'write each entry on its own line after "- "'
  // Older YAML took yes and no, on and off for them.
  if (expected === 'boolean' && typeof found === 'string') return 'write true or false, without quotes'
  return null
}

function typeName(value: unknown): string {
  if (value === null) return 'nothing'
  if (typeof value === 'boolean') return 'true or false'
  return TYPE_WORDS[Array.isArray(value) ? 'array' : typeof value] ?? typeof value
}

function listChoices(choices: readonly string[]): string {
  if (choices.length < 2) return choices.join()
  return `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, part) => (at as Record<string | number, unknown> | undefined)?.[part], value)
}

/** Key -> description of a schema's fields. By the JSON Schema, because that sees through transforms. */
export function fieldDescriptions(schema: z.ZodType): ReadonlyMap<string, string> {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' })
  return new Map(
    Object.entries(properties).map(([key, field]) => [key, (typeof field === 'object' && field.description) || '']),
  )
}
