import type { Problem } from '../model/problem.ts'
import { isStepPage } from '../wizard/pages.ts'
import { confirmForm } from './confirm-form.ts'
import { doneForm } from './done-form.ts'
import { layOut, problemLines } from './lay-out.ts'
import { reviewForm } from './review-form.ts'
import { type Field, fieldsOf, isField, type Line, NEXT_BUTTON, type Row, shownProblems } from './rows.ts'
import type { Session, View } from './session.ts'
import { stepForm } from './step-form.ts'
import { welcomeForm } from './welcome-form.ts'

/** A page with fields and one button to go on, which stays in sight below the rows. */
export type Form = {
  readonly rows: readonly Row[]
  /** Null while there is nothing to go on to (detection still runs). */
  readonly next: { readonly label: string; onPress(): void } | null
  /** Of the page as a whole; shown on top. */
  readonly problems: readonly Problem[]
  /** Where the focus is on a first visit; the first field when null. */
  readonly startsAt: string | null
}

/** Null for pages that are no form: the install and its failure. */
export function formOf(view: View, session: Pick<Session, 'send' | 'change' | 'view'>): Form | null {
  const { page } = view.wizard
  if (page === 'welcome') return welcomeForm(view, session)
  if (page === 'review') return reviewForm(view, session)
  if (page === 'confirm') return confirmForm(view, session)
  if (page === 'done') return doneForm(view, session)
  return isStepPage(page) ? stepForm(page, view, session) : null
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

/** The lines of the page's body, with the problems that belong to no field on top. */
export function linesOf(form: Form, width: number): readonly Line[] {
  const shown = new Set(shownProblems(form.rows).map(({ problem }) => problem))
  const homeless = form.problems.filter((problem) => !shown.has(problem))
  const top = homeless.flatMap((problem) => problemLines(problem, width))
  return [...top, ...(top.length > 0 ? [{ text: '', tone: 'plain' as const }] : []), ...layOut(form.rows, width)]
}
