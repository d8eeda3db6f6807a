import type { Problem } from '../model/problem.ts'
import type { Field, Line, Row, SelectField, TextField, Tone } from './rows.ts'
import { matchesOf, optionText, windowOf } from './select-list.ts'
import { closed, cut, displayWidth, pad, sentence, wrap, wrapHard } from './text.ts'

const MARKER_WIDTH = 2
const WIDEST_LABEL = 24
const ENTRY_INDENT = 2

/** Lines of at most `width` columns. The text of a text field's line is its label alone; the box is drawn by its component. */
export function layOut(rows: readonly Row[], width: number): readonly Line[] {
  return rows.flatMap((row) => layOutRow(row, rows, width))
}

function layOutRow(row: Row, rows: readonly Row[], width: number): readonly Line[] {
  switch (row.kind) {
    case 'blank':
      return [{ text: '', tone: 'plain' }]
    case 'heading':
      return wrap(row.text, width).map((text) => ({ text, tone: 'strong' }))
    case 'note': {
      const indent = ' '.repeat(row.indent ?? 0)
      return wrap(row.text, width - indent.length).map((text) => ({ text: indent + text, tone: row.tone ?? 'plain' }))
    }
    case 'entry': {
      const indent = row.indent ?? ENTRY_INDENT
      const hang = displayWidth(row.label) + indent
      return wrap(row.text, width - hang).map((text, index) => ({
        text: (index === 0 ? ' '.repeat(indent) + row.label : ' '.repeat(hang)) + text,
        tone: 'plain',
      }))
    }
    case 'problems':
      return (row.words ?? row.problems).flatMap((problem) => problemLines(problem, width))
    case 'lines':
      return row.lines.flatMap((line) => wrapHard(line, width)).map((text) => ({ text, tone: row.tone ?? 'plain' }))
    case 'text':
      return [
        { text: pad(row.label, labelWidth(rows)), tone: 'plain', field: row, fieldId: row.id },
        ...below(row, width),
      ]
    case 'select':
      return [...layOutSelect(row, rows, width), ...below(row, width)]
    default:
      return [...layOutControl(row, width), ...below(row, width)]
  }
}

/** The box with what is chosen, or with what is typed and the list below it. Marked by a sign, not by colour alone. */
function layOutSelect(row: SelectField, rows: readonly Row[], width: number): readonly Line[] {
  const inside = boxWidth(rows, width)
  const chosen = row.options.find(({ value }) => value === row.value)
  const shown = row.open ? `${row.open.filter}_` : chosen ? optionText(chosen, row) : row.value
  const box = `${pad(row.label, labelWidth(rows))}[${pad(cut(shown, inside), inside)}]`
  const line: Line = { text: box, tone: 'plain', field: row, fieldId: row.id }
  if (!row.open) return [line]
  const { at, filter } = row.open
  const matches = matchesOf(row.options, filter)
  const indent = ' '.repeat(MARKER_WIDTH + labelWidth(rows) - 1)
  const { start, end } = windowOf(matches.length, at)
  const options = matches.slice(start, end).map((option, index): Line => {
    const isMarked = start + index === at
    const text = cut(optionText(option, row), width - indent.length - MARKER_WIDTH)
    return { text: `${indent}${isMarked ? '> ' : '  '}${text}`, tone: isMarked ? 'strong' : 'plain', fieldId: row.id }
  })
  const count = matches.length === 0 ? 'nothing is called so' : `${at + 1} of ${matches.length}`
  return [line, ...options, { text: `${indent}  (${count})`, tone: 'dim', fieldId: row.id }]
}

function layOutControl(row: Exclude<Field, TextField | SelectField>, width: number): readonly Line[] {
  const mark = markOf(row)
  const isBlocked = row.kind !== 'action' && row.blockedBecause !== undefined
  const indent = displayWidth(mark)
  const [first = '', ...more] = wrap(row.label, width - MARKER_WIDTH - indent)
  const hanging = (text: string, tone: Tone): Line => ({
    text: ' '.repeat(MARKER_WIDTH + indent) + text,
    tone,
    fieldId: row.id,
  })
  const tone: Tone = isBlocked ? 'dim' : row.kind === 'action' && row.isHeading ? 'strong' : 'plain'
  const detail = row.kind === 'action' ? undefined : row.detail
  return [
    { text: mark + first, tone, field: row, fieldId: row.id },
    ...more.map((text) => hanging(text, tone)),
    ...(detail ? wrap(detail, width - MARKER_WIDTH - indent).map((text) => hanging(text, 'dim')) : []),
    ...(row.kind !== 'action' && row.blockedBecause
      ? wrap(`Cannot be chosen: ${row.blockedBecause}`, width - MARKER_WIDTH - indent).map((text) =>
          hanging(text, 'dim'),
        )
      : []),
  ]
}

function markOf(row: Exclude<Field, TextField | SelectField>): string {
  if (row.kind === 'action') return ''
  if (row.blockedBecause !== undefined) return ' -  '
  if (row.kind === 'choice') return row.isChosen ? '(*) ' : '( ) '
  return row.isChecked ? '[x] ' : '[ ] '
}

/** The problems of a field, each with a sign and words, not by colour alone. */
function below(row: Field, width: number): readonly Line[] {
  return (row.problems ?? []).flatMap((problem) => problemLines(problem, width, row.id))
}

export function problemLines(problem: Problem, width: number, fieldId?: string): readonly Line[] {
  const text = closed(sentence(problem.message)) + (problem.hint ? ` ${closed(sentence(problem.hint))}` : '')
  return wrap(text, width - MARKER_WIDTH - 2).map((part, index) => ({
    text: (index === 0 ? `${' '.repeat(MARKER_WIDTH)}! ` : ' '.repeat(MARKER_WIDTH + 2)) + part,
    tone: 'problem',
    ...(fieldId !== undefined && { fieldId }),
  }))
}

/** All boxes of a page begin in the same column. */
export function labelWidth(rows: readonly Row[]): number {
  const widths = rows.map((row) => (row.kind === 'text' || row.kind === 'select' ? displayWidth(row.label) : 0))
  return Math.min(WIDEST_LABEL, Math.max(0, ...widths)) + 1
}

const WIDEST_BOX = 50

/** Columns between the brackets, the same for all boxes of a page; hints find room behind them. */
export function boxWidth(rows: readonly Row[], width: number): number {
  const hints = rows.map((row) => (row.kind === 'text' && row.hint ? displayWidth(row.hint) + 2 : 0))
  return Math.min(WIDEST_BOX, width - MARKER_WIDTH - labelWidth(rows) - 2 - Math.max(0, ...hints))
}

/** The first line to show, so that the lines of a field are on the screen; moves no further than it must. */
export function scrollTo(top: number, lines: readonly Line[], fieldId: string | null, height: number): number {
  const indices = lines.flatMap((line, index) => (line.fieldId === fieldId && fieldId !== null ? [index] : []))
  const last = Math.max(0, lines.length - height)
  const first = indices[0]
  const end = indices.at(-1)
  if (first === undefined || end === undefined) return Math.min(Math.max(0, top), last)
  // Above the first field there is only its heading and help, below the last one what follows from the answers.
  const isFirstField = !lines.slice(0, first).some((line) => line.fieldId !== undefined)
  if (isFirstField && end < height) return 0
  const isLastField = !lines.slice(end + 1).some((line) => line.fieldId !== undefined)
  if (isLastField && last <= first) return last
  if (first < top) return first
  return Math.min(Math.max(top, Math.min(first, end - height + 1)), last)
}
