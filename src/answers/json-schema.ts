import * as z from 'zod'
import { BOND_MODES, type StepId } from '../model/answers.ts'
import { DISK_LISTS } from '../steps/disk/disk-rules.ts'
import { stepOrder, steps } from '../steps/order.ts'
import { KEYBOARDS } from '../steps/system/keyboards.ts'
import { LANGUAGES } from '../steps/system/languages.ts'
import { timeZones } from '../steps/system/time-zones.ts'
import { DEVICE_PATTERN, idEntrySchema, matchEntrySchema } from './disk-entries.ts'
import { CURRENT_VERSION } from './migrations.ts'
import { OPTIONAL_KEYS, OPTIONAL_SECTIONS } from './optional-keys.ts'
import { SECRET_KEYS, type SecretKey, type Way, waysOf } from './secret-keys.ts'
import { SCHEMA_KEY } from './yaml-problems.ts'

type JsonSchema = z.core.JSONSchema.BaseSchema
type Properties = Readonly<Record<string, JsonSchema>>

/** JSON Schema (draft 2020-12) of the answer file, for editors. It knows keys, types and choices; rules that a schema cannot
 *  say (a gateway inside its subnet) are only in `keystone check`. */
export function answersJsonSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Keystone answer file',
    description: 'What an installation by Keystone is to be. keystone check FILE says more than this schema can.',
    type: 'object',
    properties: {
      [SCHEMA_KEY]: { type: 'string', description: 'for editors: where the schema of this file is' },
      version: { const: CURRENT_VERSION, description: 'of the format of this file' },
      ...Object.fromEntries(stepOrder.map((id) => [id, sectionSchema(id)])),
    },
    required: ['version', ...stepOrder.filter((id) => !OPTIONAL_SECTIONS.has(id))],
    additionalProperties: false,
    $defs: { disk: diskSchema() },
  }
}

function sectionSchema(id: StepId): JsonSchema {
  const schema = inputSchema(steps[id].schema)
  const isOptional = (key: string) => key in OPTIONAL_KEYS[id]
  const defaults: Readonly<Record<string, unknown>> = OPTIONAL_KEYS[id]
  const secrets = SECRET_KEYS[id] ?? []
  const properties: Record<string, JsonSchema> = {}
  for (const [key, field] of Object.entries(schema.properties ?? {})) {
    const secret = secrets.find((each) => each.key === key)
    const plain = typeof field === 'object' ? (field as JsonSchema) : {}
    if (secret) Object.assign(properties, secretSchemas(secret, plain))
    else properties[key] = fieldSchema(id, key, plain, defaults[key])
  }
  const required = (schema.required ?? []).filter((key) => !isOptional(key))
  const groups = [...new Set(secrets.map(({ group }) => group))]
  const exclusive = groups.map((group) => atMostOneOf(secrets.filter((secret) => secret.group === group)))
  return {
    title: steps[id].title,
    description: steps[id].help[0] ?? '',
    type: 'object',
    properties,
    required,
    additionalProperties: false,
    ...(exclusive.length > 0 && { allOf: [...exclusive, ...neededSecrets(id)] }),
  }
}

/** A key without a value says nothing, as one that is left out. */
function fieldSchema(id: StepId, key: string, field: JsonSchema, fallback: unknown): JsonSchema {
  const isDiskList = id === 'disk' && DISK_LISTS.some((list) => list === key)
  const typed = isDiskList
    ? { description: field.description ?? '', type: 'array' as const, items: { $ref: '#/$defs/disk' } }
    : isDigits(id, key)
      ? { ...field, type: ['string', 'integer'] as never }
      : { ...field, ...choicesOf(id, key) }
  if (fallback === undefined) return typed
  const withNothing = orNothing(typed)
  return fallback === '' ? withNothing : { ...withNothing, default: fallback as never }
}

/** Of a text whose rule is a list of names, which a rule by itself does not tell: an editor completes them. */
function choicesOf(id: StepId, key: string): { readonly enum?: string[]; readonly examples?: string[] } {
  if (id === 'network' && key === 'bondMode') return { enum: [...BOND_MODES] }
  if (id !== 'system') return {}
  if (key === 'language') return { enum: [...LANGUAGES.keys()] }
  if (key === 'keyboard') return { enum: [...KEYBOARDS.keys()] }
  // Older names are taken too, so the list is no rule.
  return { examples: [...timeZones()] }
}

/** Plain digits are a number to YAML, and taken as what they are. */
function isDigits(id: StepId, key: string): boolean {
  return (id === 'disk' && (key === 'swap' || key === 'esp')) || (id === 'network' && key === 'vlan')
}

function orNothing(schema: JsonSchema): JsonSchema {
  const { description, enum: choices, type, ...rest } = schema
  const types = type === undefined ? undefined : [type].flat()
  return {
    ...(description !== undefined && { description }),
    ...rest,
    ...(types && { type: [...types, 'null'] as never }),
    ...(choices && { enum: [...choices, null] }),
  }
}

const WAY_WORDS: Readonly<Record<Exclude<Way, ''>, (what: string) => string>> = {
  File: (what) => `path of a file that holds the ${what}`,
  Env: (what) => `name of an environment variable that holds the ${what}`,
  Prompt: (what) => `true: the ${what} is asked for on the terminal`,
}

function secretSchemas(secret: SecretKey, field: JsonSchema): Properties {
  return Object.fromEntries(
    waysOf(secret).map(({ name, way }): [string, JsonSchema] => {
      if (way === '') return [name, { ...field, type: ['string', 'null'] as never }]
      const description = WAY_WORDS[way](secret.what)
      if (way === 'Prompt') return [name, { const: true, description }]
      const pattern = way === 'Env' ? { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' } : {}
      return [name, { type: ['string', 'null'] as never, description, ...pattern }]
    }),
  )
}

function atMostOneOf(secrets: readonly SecretKey[]): JsonSchema {
  const names = secrets.flatMap((secret) => waysOf(secret).map(({ name }) => name))
  return { oneOf: [...names.map(given), { not: { anyOf: names.map(given) } }] }
}

function given(name: string): JsonSchema {
  return { required: [name], properties: { [name]: { not: { type: 'null' as const } } } }
}

/** Which secrets a section cannot do without, as far as its own choices tell. */
function neededSecrets(id: StepId): readonly JsonSchema[] {
  const anyOf = (...keys: readonly string[]): JsonSchema => ({
    anyOf: (SECRET_KEYS[id] ?? [])
      .filter(({ group }) => keys.includes(group))
      .flatMap((secret) => waysOf(secret).map(({ name }) => given(name))),
  })
  const choice = (key: string, values: readonly string[]): JsonSchema => ({
    required: [key],
    properties: { [key]: { enum: [...values] } },
  })
  const when = (condition: JsonSchema, then: JsonSchema): JsonSchema => ({ if: condition, then }) as JsonSchema
  switch (id) {
    case 'encryption':
      return [
        when(choice('unlock', ['passphrase', 'tpm', 'tpm-pin']), anyOf('passphrase')),
        when(choice('unlock', ['tpm-pin']), anyOf('pin')),
      ]
    case 'identity':
      return [anyOf('password')]
    case 'cluster':
      return [when(choice('role', ['joining-primer', 'worker', 'storage']), anyOf('token'))]
    default:
      return []
  }
}

function diskSchema(): JsonSchema {
  return {
    description:
      'a disk by its stable id, or a filter that finds disks on the machine (keystone match FILE shows which)',
    anyOf: [{ type: 'string', pattern: DEVICE_PATTERN }, inputSchema(idEntrySchema), inputSchema(matchEntrySchema)],
    examples: [
      '/dev/disk/by-id/nvme-Samsung_SSD_980_1TB_S649NX0R123456',
      { id: '/dev/disk/by-id/nvme-Samsung_SSD_980_1TB_S649NX0R123456', wipe: true },
      { match: { type: 'nvme', minSize: '500 GB', model: 'Samsung*' }, count: 2, wipe: true },
    ],
  }
}

function inputSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return rest
}
