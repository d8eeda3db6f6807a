import { DRY_RUN_BANNER, LOOKING, PROMISE } from './opening-words.ts'
import { ENTER_SCREEN } from './screen-codes.ts'

const ESC = '\u001B['
/** Where the welcome page has them too, so that nothing jumps when the page itself is there. */
const FIRST_ROW = 3
const LAST_BODY_ROW = 5

/** The screen of the first moments: drawn before React and all that is loaded, which takes a multiple of the time. The
 *  welcome page then draws over it. Plain ASCII, and short lines: it must be right on any terminal. */
export function openingFrame(
  columns: number,
  options: { readonly isDryRun: boolean; readonly isLinear: boolean },
): string {
  if (options.isLinear) return `${options.isDryRun ? `${DRY_RUN_BANNER.trim()}\r\n` : ''}${PROMISE}\r\n${LOOKING}\r\n`
  const rows: readonly (readonly [number, string])[] = [
    [1, `${ESC}7m${ESC}1m${' Keystone'.padEnd(columns)}${ESC}0m`],
    ...(options.isDryRun ? ([[2, DRY_RUN_BANNER]] as const) : []),
    [FIRST_ROW, `  ${PROMISE}`],
    [LAST_BODY_ROW, `  ${LOOKING}`],
  ]
  return ENTER_SCREEN + rows.map(([row, text]) => `${ESC}${row};1H${text}`).join('')
}
