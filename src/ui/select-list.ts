import type { OpenList, SelectField, SelectOption } from './rows.ts'

/** Lines of an open list, without the one that counts. */
export const LIST_LINES = 7

/** The options that hold every word of the filter, in what they are called or in their value; those that begin with it come
 *  first. Capitals, accents, `_` and `/` do not count: `new york` finds `America/New_York`. */
export function matchesOf(options: readonly SelectOption[], filter: string): readonly SelectOption[] {
  const words = plain(filter).split(' ').filter(Boolean)
  if (words.length === 0) return options
  const whole = words.join(' ')
  const found = options.flatMap((option) => {
    const [label, value] = [plain(option.label), plain(option.value)]
    if (!words.every((word) => label.includes(word) || value.includes(word))) return []
    const rank = label === whole || value === whole ? 0 : label.startsWith(whole) || value.startsWith(whole) ? 1 : 2
    return [{ option, rank }]
  })
  return found.toSorted((one, other) => one.rank - other.rank).map(({ option }) => option)
}

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[_/]/g, ' ')
    .toLowerCase()
}

/** `German (Germany)  de_DE.UTF-8`; one of both where it says it all. */
export function optionText({ label, value }: SelectOption, { hidesValues }: Pick<SelectField, 'hidesValues'>): string {
  return hidesValues === true || label === value ? label : `${label}  ${value}`
}

/** Opens at what is chosen, or at the best match of what was typed. */
export function openList(field: SelectField, filter: string): OpenList {
  const at = filter === '' ? field.options.findIndex(({ value }) => value === field.value) : 0
  return { filter, at: Math.max(0, at) }
}

/** The part of a list that is shown, so that the marked one is among it. */
export function windowOf(count: number, at: number): { readonly start: number; readonly end: number } {
  const start = Math.max(0, Math.min(at - Math.floor(LIST_LINES / 2), count - LIST_LINES))
  return { start, end: Math.min(count, start + LIST_LINES) }
}
