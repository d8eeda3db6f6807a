import * as z from 'zod'
import type { StepId } from '../model/answers.ts'
import { stepOrder, steps } from '../steps/order.ts'
import { CURRENT_VERSION } from './migrations.ts'
import { OPTIONAL_KEYS, OPTIONAL_SECTIONS, SECRET_KEYS } from './optional-keys.ts'
import { confirmSchema } from './read-answers.ts'

type JsonSchema = z.core.JSONSchema.BaseSchema

/** JSON Schema (draft 2020-12) of the answer file, for editors. It knows the keys and types; rules that a schema cannot say
 *  (a gateway inside its subnet) are only in `keystone check`. */
export function answersJsonSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Keystone answer file',
    type: 'object',
    properties: {
      version: { const: CURRENT_VERSION },
      ...Object.fromEntries(stepOrder.map((id) => [id, sectionSchema(id)])),
      confirm: inputSchema(confirmSchema),
    },
    required: ['version', ...stepOrder.filter((id) => !OPTIONAL_SECTIONS.has(id))],
    additionalProperties: false,
  }
}

function sectionSchema(id: StepId): JsonSchema {
  const schema = inputSchema(steps[id].schema)
  const secret = SECRET_KEYS[id]
  const required = (schema.required ?? []).filter((key) => !(key in OPTIONAL_KEYS[id]) && key !== secret?.key)
  if (!secret) return { ...schema, required }
  const properties = {
    ...schema.properties,
    [secret.fileKey]: { type: 'string' as const, description: `path of a file that holds the ${secret.key}` },
  }
  return {
    ...schema,
    properties,
    required,
    oneOf: [{ required: [secret.key] }, { required: [secret.fileKey] }],
  }
}

function inputSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return rest
}
