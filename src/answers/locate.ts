import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
} from 'yaml'
import type { Problem } from '../model/problem.ts'
import { makeExcerpt } from './excerpt.ts'
import type { Hidden } from './secret-places.ts'

/** A problem with its place in the answer file; line and column count from 1 and are null when it lies outside the file
 *  (in the machine). */
export type LocatedProblem = Problem & {
  readonly file: string
  readonly line: number | null
  readonly column: number | null
  /** The path as the file's own version calls it, where that is another. */
  readonly shownPath?: Problem['path']
  /** The line of the file with a caret below, without secrets; two lines, to be shown below the problem. */
  readonly excerpt?: string
}

/** Finds the place of a problem in the file it was read from. */
export type Locate = (problem: Problem) => LocatedProblem

/** What the places of a file are found with. */
export type Source = {
  readonly text: string
  readonly lines: LineCounter
  readonly fileName: string
  readonly hidden: readonly Hidden[]
  /** Paths that the file's own version calls otherwise; see Migrated. */
  readonly renamed?: ReadonlyMap<string, Problem['path']>
}

/** A problem with the place at this offset. */
export function placeAt({ text, lines, fileName, hidden }: Source, problem: Problem, offset: number): LocatedProblem {
  const { line, col } = lines.linePos(offset)
  if (line === 0) return { ...problem, file: fileName, line: 1, column: 1 }
  const lineStart = offset - (col - 1)
  // The parser counts the byte order mark as a column; no editor shows it.
  const mark = line === 1 && text.startsWith('\uFEFF') ? 1 : 0
  const column = Math.max(1, col - mark)
  const excerpt = makeExcerpt(text, hidden, { lineStart: lineStart + mark, line, column })
  return { ...problem, file: fileName, line, column, ...(excerpt !== null && { excerpt }) }
}

/** Points at the value where that is one word, else at its key; for what is missing at the nearest key above it. */
export function locateIn(document: Document, source: Source): Locate {
  return (problem) => {
    if (problem.path[0] === 'hardware') return { ...problem, file: source.fileName, line: null, column: null }
    const shownPath = source.renamed?.get(problem.path.join('.'))
    return { ...placeAt(source, problem, offsetOf(document, problem)), ...(shownPath && { shownPath }) }
  }
}

function offsetOf(document: Document, problem: Problem): number {
  let node: unknown = document.contents
  let offset = 0
  for (const [depth, part] of problem.path.entries()) {
    const entry = childOf(node, part)
    if (!entry) return offset
    const isLast = depth === problem.path.length - 1
    const pointsAtKey = isLast && problem.code === 'unknown-key'
    offset = pointsAtKey ? entry.keyOffset : (entry.wordOffset ?? entry.keyOffset)
    node = entry.value
  }
  return offset
}

type Child = { readonly keyOffset: number; readonly wordOffset: number | null; readonly value: unknown }

function childOf(node: unknown, part: string | number): Child | null {
  if (isMap(node)) {
    const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
    return pair ? { keyOffset: startOf(pair.key) ?? 0, wordOffset: wordOffset(pair.value), value: pair.value } : null
  }
  if (isSeq(node)) {
    const item = node.items[Number(part)]
    const start = startOf(item)
    return start === null ? null : { keyOffset: start, wordOffset: start, value: item }
  }
  return null
}

function wordOffset(value: unknown): number | null {
  // An empty value has a place too, but one nobody would look at.
  if (isCollection(value) || (isScalar(value) && value.value === null)) return null
  return startOf(value)
}

function startOf(node: unknown): number | null {
  return isNode(node) ? ((node as Node).range?.[0] ?? null) : null
}

/** In the order of the file; what lies outside it comes last. */
export function byPlace(problems: readonly LocatedProblem[]): LocatedProblem[] {
  const rank = ({ line, column }: LocatedProblem) =>
    line === null ? Number.MAX_SAFE_INTEGER : line * 1e6 + (column ?? 0)
  return [...problems].sort((one, other) => rank(one) - rank(other))
}
