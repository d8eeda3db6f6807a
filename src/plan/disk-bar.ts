/** A stretch of a disk: a partition, or free space. */
export type Segment = { readonly name: string; readonly sizeBytes: number; readonly isFree: boolean }

/** A drawn segment. `sign` stands at its beginning in the bar and before its name in the legend. */
export type DrawnSegment = Segment & { readonly sign: string; readonly columns: number }

/** What bars are drawn with: on screens, which replace them where a terminal has no such signs, and in plain texts. */
export const BLOCK_STYLE = { fill: '█', free: '░' } as const
export const ASCII_STYLE = { fill: '#', free: '.' } as const
type Style = typeof BLOCK_STYLE | typeof ASCII_STYLE

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** A bar of exactly `width` columns in which each segment has its share, and at least one column. Each begins with its sign,
 *  so that they can be told apart without colour; free space is drawn light, and has no sign. Segments for which no
 *  column is left are put together with the last one. */
export function diskBar(
  segments: readonly Segment[],
  width: number,
  { fill, free }: Style = BLOCK_STYLE,
): { bar: string; drawn: readonly DrawnSegment[] } {
  const shown = joined(segments, Math.min(width, SIGNS.length))
  const columns = shares(
    shown.map(({ sizeBytes }) => sizeBytes),
    width,
  )
  let next = 0
  const drawn = shown.map((segment, index) => ({
    ...segment,
    sign: segment.isFree ? free : (SIGNS[next++] ?? fill),
    columns: columns[index] ?? 0,
  }))
  const bar = drawn.map(({ sign, isFree, columns }) =>
    columns === 0 ? '' : sign + (isFree ? free : fill).repeat(columns - 1),
  )
  return { bar: bar.join(''), drawn }
}

function joined(segments: readonly Segment[], most: number): readonly Segment[] {
  if (segments.length <= most) return segments
  const rest = segments.slice(most - 1)
  const sizeBytes = rest.reduce((sum, segment) => sum + segment.sizeBytes, 0)
  return [...segments.slice(0, most - 1), { name: `${rest.length} more`, sizeBytes, isFree: false }]
}

/** Whole columns for each size, in proportion, at least one each, `width` together. At most `width` sizes. */
export function shares(sizes: readonly number[], width: number): readonly number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const exact = sizes.map((size) => (total > 0 ? (size / total) * width : width / sizes.length))
  const columns = exact.map((share) => Math.max(1, Math.floor(share)))
  const missing = (index: number) => (exact[index] ?? 0) - (columns[index] ?? 0)
  const byNeed = (candidates: readonly number[]) => candidates.toSorted((one, other) => missing(other) - missing(one))
  const all = sizes.map((_, index) => index)
  for (let left = width - sumOf(columns); left !== 0 && sizes.length > 0; left -= Math.sign(left)) {
    // Towards the exact share, one column at a time; nothing shrinks below one.
    const candidates = left > 0 ? all : all.filter((index) => (columns[index] ?? 0) > 1)
    const chosen = byNeed(candidates).at(left > 0 ? 0 : -1)
    if (chosen === undefined) break
    columns[chosen] = (columns[chosen] ?? 0) + Math.sign(left)
  }
  return columns
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0)
}
