import { bodyHeight } from './frame-size.ts'
import { scrollTo } from './lay-out.ts'
import { type Form, fieldAt, focusOf, formOf, formWidth, linesOf, stopsOf } from './page-forms.ts'
import { fieldsOf, NEXT_BUTTON } from './rows.ts'
import type { Session } from './session.ts'

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
  const now = topOf(view.scroll[page], Math.max(0, lines.length - height))
  // From the button one looks back at the end of the page, not at its beginning; also while results still come in there.
  const top = id === NEXT_BUTTON ? null : scrollTo(now, lines, id, height)
  const list = view.list?.id === id ? view.list : null
  session.change({ list, focus: { ...view.focus, [page]: id }, scroll: { ...view.scroll, [page]: top } })
}

/** The first line of a form that is shown. Null stands for its end, wherever that is. */
export function topOf(wanted: number | null | undefined, last: number): number {
  return wanted === null ? last : Math.min(wanted ?? 0, last)
}

export function scrollPage(direction: 1 | -1, form: Form, session: Session, by?: number): void {
  const view = session.view()
  const { page } = view.wizard
  const height = bodyHeight(view.size)
  const last = Math.max(0, linesOf(form, formWidth(form, view.size)).length - height)
  const wanted = topOf(view.scroll[page], last) + direction * (by ?? height - 2)
  session.change({ scroll: { ...view.scroll, [page]: Math.min(last, Math.max(0, wanted)) } })
}
