import { bodyHeight } from './frame-size.ts'
import { scrollTo } from './lay-out.ts'
import { type Form, fieldAt, focusOf, formOf, formWidth, linesOf, stopsOf } from './page-forms.ts'
import { fieldsOf, type Line, NEXT_BUTTON } from './rows.ts'
import type { Session, View } from './session.ts'

export function moveBy(step: 1 | -1, form: Form, session: Session): void {
  const stops = stopsOf(form)
  const at = stops.indexOf(focusOf(form, session.view()) ?? '')
  const next = stops[at + step]
  if (next !== undefined) focusOn(next, session)
  else scrollPage(step, form, session, 1)
}

export function moveToGroup(step: 1 | -1, form: Form, session: Session): void {
  const focus = focusOf(form, session.view())
  const stops = stopsOf(form)
  // Round and round, as people know it from other forms.
  const next = focus === null ? null : (nextGroup(step, form, focus) ?? (step === 1 ? stops[0] : stops.at(-1)))
  if (next != null) focusOn(next, session)
}

/** The next stop that is not of the same group of choices; of a group, the chosen one. */
export function nextGroup(step: 1 | -1, form: Form, from: string): string | null {
  const stops = stopsOf(form)
  const groupOf = (id: string) => {
    const field = fieldAt(form, id)
    return (field?.kind === 'choice' || field?.kind === 'check' ? field.group : undefined) ?? id
  }
  let at = stops.indexOf(from)
  do at += step
  while (stops[at] !== undefined && groupOf(stops[at] as string) === groupOf(from))
  const found = stops[at]
  if (found === undefined) return null
  const chosen = fieldsOf(form.rows).find(
    (field) => field.kind === 'choice' && field.group === groupOf(found) && field.isChosen && stops.includes(field.id),
  )
  return chosen?.id ?? found
}

export function focusOn(id: string, session: Session): void {
  const view = session.view()
  const { page } = view.wizard
  const form = formOf(view, session)
  const lines = form ? linesOf(form, formWidth(form, view.size)) : []
  const height = bodyHeight(view.size)
  const now = form ? topOf(view, form, lines) : 0
  // From the button one looks back at the end of the page, not at its beginning; also while results still come in there.
  const top = id === NEXT_BUTTON ? null : scrollTo(now, lines, id, height)
  const list = view.list?.id === id ? view.list : null
  session.change({ list, focus: { ...view.focus, [page]: id }, scroll: { ...view.scroll, [page]: top } })
}

/** The first of a form's lines that is shown. A scroll of null stands for the end, wherever that is; on a page that was not
 *  scrolled yet the field where it starts is in sight. */
export function topOf(view: View, form: Form, lines: readonly Line[]): number {
  const height = bodyHeight(view.size)
  const last = Math.max(0, lines.length - height)
  const wanted = view.scroll[view.wizard.page]
  if (wanted === null) return last
  if (wanted !== undefined) return Math.min(wanted, last)
  const focus = focusOf(form, view)
  const end = lines.findLastIndex(({ fieldId }) => fieldId !== undefined && fieldId === focus)
  return Math.max(0, end - height + 1)
}

/** Scrolls back to the field in the focus, when Page Up or Page Down has led away from it. False when it was in sight. */
export function returnToFocus(form: Form, session: Session): boolean {
  const view = session.view()
  const focus = focusOf(form, view)
  const lines = linesOf(form, formWidth(form, view.size))
  const at = lines.findIndex(({ field }) => field !== undefined && field.id === focus)
  const top = topOf(view, form, lines)
  if (focus === null || at < 0 || (at >= top && at < top + bodyHeight(view.size))) return false
  focusOn(focus, session)
  return true
}

export function scrollPage(direction: 1 | -1, form: Form, session: Session, by?: number): void {
  const view = session.view()
  const { page } = view.wizard
  const height = bodyHeight(view.size)
  const lines = linesOf(form, formWidth(form, view.size))
  const last = Math.max(0, lines.length - height)
  const wanted = topOf(view, form, lines) + direction * (by ?? height - 2)
  session.change({ scroll: { ...view.scroll, [page]: Math.min(last, Math.max(0, wanted)) } })
}
