/** The part of disko's types that our templates use. Anything else is an error, so that a template cannot quietly rely
 *  on what the lab does not do. Field names and defaults as in disko's lib/types. */
export class LayoutError extends Error {
  override readonly name = 'LayoutError'
}

export type Hooks = {
  readonly preCreateHook: string
  readonly postCreateHook: string
  readonly preMountHook: string
  readonly postMountHook: string
  readonly preUnmountHook: string
  readonly postUnmountHook: string
}

const HOOKS = [
  'preCreateHook',
  'postCreateHook',
  'preMountHook',
  'postMountHook',
  'preUnmountHook',
  'postUnmountHook',
] as const

export type Fields = { readonly at: string; readonly raw: Readonly<Record<string, unknown>> }

/** An attribute set that has no other keys than `known` (and, unless told otherwise, the hooks that every node has). */
export function fields(
  value: unknown,
  at: string,
  known: readonly string[],
  { hooks = true }: { hooks?: boolean } = {},
): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notOfType(at, 'attribute set')
  const raw = value as Record<string, unknown>
  for (const key of Object.keys(raw)) {
    if (!known.includes(key) && !(hooks && HOOKS.includes(key as (typeof HOOKS)[number]))) {
      throw new LayoutError(`The option \`${at}.${key}' does not exist`)
    }
  }
  return { at, raw }
}

export function hooks({ at, raw }: Fields): Hooks {
  const entries = HOOKS.map((hook) => {
    const value = raw[hook] ?? ''
    if (typeof value !== 'string') throw notOfType(`${at}.${hook}`, 'strings concatenated with "\\n"')
    return [hook, value]
  })
  return Object.fromEntries(entries) as Hooks
}

export function notOfType(at: string, type: string): LayoutError {
  return new LayoutError(`A definition for option \`${at}' is not of type \`${type}'`)
}

export function text({ at, raw }: Fields, key: string, pattern: RegExp, fallback?: string): string {
  const value = raw[key] ?? fallback
  if (value === undefined) throw new LayoutError(`The option \`${at}.${key}' was accessed but has no value defined`)
  if (typeof value !== 'string' || !pattern.test(value)) throw notOfType(`${at}.${key}`, `string matching ${pattern}`)
  return value
}

export function texts({ at, raw }: Fields, key: string, fallback: readonly string[]): readonly string[] {
  const value = raw[key] ?? fallback
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
    throw notOfType(`${at}.${key}`, 'list of string')
  return value as string[]
}

export function properties({ at, raw }: Fields, key: string): Readonly<Record<string, string>> {
  const value = raw[key] ?? {}
  const isRight =
    typeof value === 'object' &&
    !Array.isArray(value) &&
    Object.values(value as object).every((item) => typeof item === 'string')
  if (!isRight) throw notOfType(`${at}.${key}`, 'attribute set of string')
  return value as Record<string, string>
}

export function entries(value: unknown, at: string): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notOfType(at, 'attribute set')
  // Nix prints attributes sorted, JSON.parse keeps the order but not for keys like "10": sort again, by bytes.
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
}

export function typeOf(value: unknown, at: string): string {
  const type = (value as { type?: unknown } | null)?.type
  if (typeof type !== 'string') throw new LayoutError(`The option \`${at}.type' was accessed but has no value defined`)
  return type
}

export const ABSOLUTE = /^\/[\w./:+-]*$/
export const WORD = /^[\w.:-]+$/
