import fc from 'fast-check'

/** Breaks a text that a program wrote. Each op takes a place between 0 and 1. */
export type Mutation = { readonly what: (typeof WHATS)[number]; readonly where: number; readonly value: unknown }

const WHATS = ['cut', 'flip', 'double', 'replace', 'delete', 'repeat', 'nest', 'insert'] as const

/** What stands where something else belongs. */
const ABSURD: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e300,
  2 ** 53,
  '',
  ' ',
  'x',
  '0x',
  '-1',
  '1e400',
  'NaN',
  '../../etc/passwd',
  '/dev/sda',
  '/',
  '[SWAP]',
  '\u0000',
  '\u001b[2J\u001b[31m',
  'a\nb\r\tc',
  '\u202eevil',
  '\ud800',
  '漢字🌲é',
  'x'.repeat(5000),
  [],
  {},
  [null],
  [[[]]],
  { children: [] },
]

export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.record({
    what: fc.constantFrom(...WHATS),
    where: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    value: fc.constantFrom(...ABSURD),
  }),
  { minLength: 1, maxLength: 6 },
)

/** The text of one recorded file after the mutations. JSON is broken in its values as well as in its letters. */
export function mutate(text: string, all: readonly Mutation[]): string {
  return all.reduce((broken, one) => {
    const tree = one.what === 'cut' || one.what === 'flip' || one.what === 'double' ? undefined : parsed(broken)
    return tree === undefined ? mutateBytes(broken, one) : JSON.stringify(mutateTree(tree, one))
  }, text)
}

/** As the real System reads a file: bytes that are no UTF-8 become U+FFFD. */
function mutateBytes(text: string, { what, where, value }: Mutation): string {
  const bytes = Buffer.from(text)
  const at = Math.floor(where * bytes.length)
  if (what === 'cut' || what === 'delete') return bytes.subarray(0, at).toString('utf8')
  if (what === 'flip' && bytes.length > 0) {
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8))
    return bytes.toString('utf8')
  }
  if (what === 'double') return text + text
  return bytes.subarray(0, at).toString('utf8') + String(value) + bytes.subarray(at).toString('utf8')
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

type Place = { readonly holder: Record<string, unknown> | unknown[]; readonly key: string }

function mutateTree(tree: object, { what, where, value }: Mutation): object {
  const places = placesOf(tree)
  const place = places[Math.floor(where * places.length)]
  if (place === undefined) return tree
  const holder = place.holder as Record<string, unknown>
  const old = holder[place.key]
  if (what === 'delete') delete holder[place.key]
  else if (what === 'repeat' && Array.isArray(old)) old.push(...structuredClone(old))
  else if (what === 'nest') holder[place.key] = { children: [old], ...(typeof old === 'object' ? old : {}) }
  else holder[place.key] = value
  return tree
}

/** Every value of the tree, by what holds it. */
function placesOf(value: unknown): readonly Place[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Place['holder']
  return Object.entries(value).flatMap(([key, inner]) => [{ holder, key }, ...placesOf(inner)])
}
