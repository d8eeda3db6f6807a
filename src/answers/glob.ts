/** Whether the whole text fits the pattern, in which `*` is any text, `?` is any one sign, and case does not count. */
export function fitsGlob(pattern: string, text: string): boolean {
  const [signs, wanted] = [[...text.toLowerCase()], [...pattern.toLowerCase()]]
  let [at, next] = [0, 0]
  // Where to go on when what follows the last `*` does not fit: one sign later. Linear in practice, never exponential as a
  // regular expression of many `*` would be.
  let [star, resume] = [-1, 0]
  while (at < signs.length) {
    if (wanted[next] === '*') {
      star = next++
      resume = at
    } else if (next < wanted.length && (wanted[next] === '?' || wanted[next] === signs[at])) {
      at++
      next++
    } else if (star >= 0) {
      next = star + 1
      at = ++resume
    } else return false
  }
  return wanted.slice(next).every((sign) => sign === '*')
}
