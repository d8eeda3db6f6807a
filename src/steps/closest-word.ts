/** The known word a person most likely meant, or null when none is near. Case and `_` or `-` between words do not count
 *  (`host_name` means `hostName`); otherwise one slip per three letters is forgiven. */
export function closestWord(word: string, known: readonly string[]): string | null {
  const plain = (text: string) => text.toLowerCase().replace(/[-_ ]/g, '')
  const ranked = known
    .map((candidate) => ({ candidate, slips: slipsBetween(plain(word), plain(candidate)) }))
    .sort((one, other) => one.slips - other.slips)
  const best = ranked[0]
  return best && best.slips <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : null
}

/** Edit distance where two swapped neighbours count once (optimal string alignment). */
function slipsBetween(one: string, other: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      let best = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (isSame ? 0 : 1))
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      if (isSwap) best = Math.min(best, at(beforeLast, column - 2) + 1)
      current.push(best)
    }
    beforeLast = last
    last = current
  }
  return at(last, other.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
