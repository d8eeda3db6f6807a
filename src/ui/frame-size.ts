import type { Size } from './painter.ts'

export const SMALLEST: Size = { columns: 80, rows: 24 }

/** Title, banner, lower edge, button, footer. */
const ROWS_AROUND_BODY = 5
/** Longer lines are hard to read; tables and logs may use the whole width. */
const WIDEST_BODY = 110
const MARGIN = 2

export function isTooSmall({ columns, rows }: Size): boolean {
  return columns < SMALLEST.columns || rows < SMALLEST.rows
}

export function bodyHeight({ rows }: Size): number {
  return rows - ROWS_AROUND_BODY
}

/** Columns for a page's text: a margin on both sides. */
export function bodyWidth({ columns }: Size): number {
  return Math.min(columns - 2 * MARGIN, WIDEST_BODY)
}
