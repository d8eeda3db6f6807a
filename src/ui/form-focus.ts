import { bodyHeight, bodyWidth } from './frame-size.ts'
import { scrollTo } from './lay-out.ts'
import { type Form, fieldAt, focusOf, formOf, linesOf, stopsOf } from './page-forms.ts'
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
    return field?.kind === 'choice' ? field.group : id
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
  const lines = form ? linesOf(form, bodyWidth(view.size)) : []
  const height = bodyHeight(view.size)
  // From the button one looks back at the end of the page, not at its beginning.
  const top =
    id === NEXT_BUTTON ? Math.max(0, lines.length - height) : scrollTo(view.scroll[page] ?? 0, lines, id, height)
  session.change({ focus: { ...view.focus, [page]: id }, scroll: { ...view.scroll, [page]: top } })
}

export function scrollPage(direction: 1 | -1, form: Form, session: Session, by?: number): void {
  const view = session.view()
  const { page } = view.wizard
  const height = bodyHeight(view.size)
  const last = Math.max(0, linesOf(form, bodyWidth(view.size)).length - height)
  const wanted = (view.scroll[page] ?? 0) + direction * (by ?? height - 2)
  session.change({ scroll: { ...view.scroll, [page]: Math.min(last, Math.max(0, wanted)) } })
}
