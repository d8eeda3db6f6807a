import type { Problem } from '../model/problem.ts'
import { isStepPage } from '../wizard/pages.ts'
import { begunForm } from './begun-form.ts'
import { confirmForm } from './confirm-form.ts'
import { doneForm } from './done-form.ts'
import { bodyWidth } from './frame-size.ts'
import { layOut, problemLines } from './lay-out.ts'
import type { Size } from './painter.ts'
import type { QrPiece } from './qr-lines.ts'
import { recoveryForm } from './recovery-form.ts'
import { reviewForm } from './review-form.ts'
import { type Field, fieldsOf, isField, type Line, NEXT_BUTTON, type Row, shownProblems } from './rows.ts'
import { secretsForm } from './secrets-form.ts'
import type { Session, View } from './session.ts'
import { stepForm } from './step-form.ts'
import { welcomeForm } from './welcome-form.ts'

/** A picture beside the rows. */
export type Aside = { readonly lines: readonly (readonly QrPiece[])[] /** Columns. */; readonly width: number }

/** A page with fields and one button to go on, which stays in sight below the rows. */
export type Form = {
  readonly rows: readonly Row[]
  readonly aside?: Aside
  /** Null while there is nothing to go on to (detection still runs). */
  readonly next: { readonly label: string; onPress(): void } | null
  /** Of the page as a whole; shown on top. */
  readonly problems: readonly Problem[]
  /** Where the focus is on a first visit; the first field when null. */
  readonly startsAt: string | null
}

/** Null for pages that are no form: the install and its failure. */
export function formOf(
  view: View,
  session: Pick<Session, 'send' | 'change' | 'view' | 'looksOf' | 'saveAnswers' | 'loadAnswers'>,
): Form | null {
  const { page } = view.wizard
  if (page === 'begun') return begunForm(view, session)
  if (page === 'secrets') return secretsForm(view, session)
  if (page === 'welcome') return welcomeForm(view, session)
  if (page === 'review') return reviewForm(view, session)
  if (page === 'recovery') return recoveryForm(view, session)
  if (page === 'confirm') return confirmForm(view, session)
  if (page === 'done') return doneForm(view, session)
  const form = isStepPage(page) ? stepForm(page, view, session) : null
  return form && view.list ? { ...form, rows: form.rows.map((row) => withList(row, view.list)) } : form
}

function withList(row: Row, list: View['list']): Row {
  return row.kind === 'select' && row.id === list?.id ? { ...row, open: list } : row
}

/** The ids that take the focus, top to bottom. What cannot be chosen is passed over. */
export function stopsOf(form: Form): readonly string[] {
  const fields = fieldsOf(form.rows).filter((field) => !isBlocked(field))
  return [...fields.map(({ id }) => id), ...(form.next ? [NEXT_BUTTON] : [])]
}

export function isBlocked(field: Field): boolean {
  return (field.kind === 'choice' || field.kind === 'check') && field.blockedBecause !== undefined
}

export function focusOf(form: Form, view: View): string | null {
  const stops = stopsOf(form)
  const wanted = [view.focus[view.wizard.page], form.startsAt]
  return wanted.find((id) => id != null && stops.includes(id)) ?? firstStop(form, stops)
}

function firstStop(form: Form, stops: readonly string[]): string | null {
  const first = fieldAt(form, stops[0] ?? null)
  if (first?.kind !== 'choice') return stops[0] ?? null
  const isChosen = (field: Field) => field.kind === 'choice' && field.group === first.group && field.isChosen
  return fieldsOf(form.rows).find((field) => isChosen(field) && stops.includes(field.id))?.id ?? first.id
}

export function fieldAt(form: Form, id: string | null): Field | null {
  return form.rows.filter(isField).find((field) => field.id === id) ?? null
}

/** Between the rows and the picture. */
export const ASIDE_GAP = 2

/** Columns for the rows. */
export function formWidth(form: Form, size: Size): number {
  if (!form.aside) return bodyWidth(size)
  // The picture may stand right of the widest text.
  const beside = form.aside.width + ASIDE_GAP
  return bodyWidth({ ...size, columns: size.columns - beside })
}

/** The lines of the page's body, with the problems that belong to no field on top. */
export function linesOf(form: Form, width: number): readonly Line[] {
  const shown = new Set(shownProblems(form.rows).map(({ problem }) => problem))
  const homeless = form.problems.filter((problem) => !shown.has(problem))
  const top = homeless.flatMap((problem) => problemLines(problem, width))
  return [...top, ...(top.length > 0 ? [{ text: '', tone: 'plain' as const }] : []), ...layOut(form.rows, width)]
}

/** Whether letters and signs are typed into it, `?` among them. */
export const takesText = (field: Field | null): boolean =>
  field?.kind === 'text' || (field?.kind === 'select' && field.open !== undefined)
