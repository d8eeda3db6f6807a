import { closestWord } from '../closest-word.ts'
import { type FieldCheck, quote } from '../field.ts'

/** The rule of a field that takes one name of a long list. `what` is the thing (`a keyboard layout`), `words` what people
 *  call each name, `example` a hint when nothing is near. */
export function knownName(
  names: readonly string[],
  {
    code,
    what,
    example,
    words = () => '',
  }: {
    readonly code: string
    readonly what: string
    readonly example: string
    words?(name: string): string
  },
): FieldCheck {
  return (text) => {
    if (text === '') return { code: 'missing', message: `${what} is needed`, hint: example }
    if (names.includes(text)) return null
    const meant = nearest(text, names, words)
    return {
      code,
      message: `${what} is one of those that Keystone knows, got ${quote(text)}`,
      hint: meant === null ? example : `did you mean ${meant}?`,
    }
  }
}

/** By its beginning (`de_DE` for `de_DE.UTF-8`), by its last part (`Berlin`), by what it is called (`german`), or by a slip. */
function nearest(text: string, names: readonly string[], words: (name: string) => string): string | null {
  const wanted = text.toLowerCase().replaceAll(' ', '_')
  if (wanted.length < 2) return null
  const begins = (found: string) => found.toLowerCase().startsWith(wanted)
  return (
    names.find(begins) ??
    names.find((name) => name.split('/').at(-1)?.toLowerCase() === wanted) ??
    names.find((name) => begins(words(name).replaceAll(' ', '_'))) ??
    closestWord(text, names)
  )
}
