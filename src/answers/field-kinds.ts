import * as z from 'zod'

export type FieldKind = 'text' | 'flag' | 'list'

/** What the fields of a step hold, by its schema. */
export function fieldKinds(schema: z.ZodType): ReadonlyMap<string, FieldKind> {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' })
  return new Map(
    Object.entries(properties).map(([key, field]): [string, FieldKind] => {
      const type = typeof field === 'object' ? field.type : undefined
      if (type === 'boolean') return [key, 'flag']
      return [key, type === 'array' ? 'list' : 'text']
    }),
  )
}
