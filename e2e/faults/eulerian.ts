/** A walk over all ordered pairs of the items, each with itself too: every item comes right after every item exactly once.
 *  Of n items it has n² + 1 stations, and it ends where it begins. Hierholzer's way. */
export function walkOfPairs<Item>(items: readonly Item[]): readonly Item[] {
  if (items.length === 0) return []
  const left = items.map(() => items.map((_, to) => to))
  const stack = [0]
  const walk: number[] = []
  for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
    const next = left[at]?.pop()
    if (next === undefined) walk.push(stack.pop() as number)
    else stack.push(next)
  }
  return walk.toReversed().map((index) => items[index] as Item)
}

/** The walk in parts of so many pairs; each part begins where the one before it ended. */
export function partsOfWalk<Item>(walk: readonly Item[], pairs: number): readonly (readonly Item[])[] {
  const parts: (readonly Item[])[] = []
  for (let from = 0; from < walk.length - 1; from += pairs) parts.push(walk.slice(from, from + pairs + 1))
  return parts
}
