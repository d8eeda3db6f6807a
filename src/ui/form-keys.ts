import { focusOn, moveBy, moveToGroup, nextGroup, returnToFocus, scrollPage } from './form-focus.ts'
import type { Key } from './key-decoder.ts'
import { openByKey, routeListKey } from './list-keys.ts'
import { type Form, fieldAt, focusOf, formOf, stopsOf } from './page-forms.ts'
import { type Field, fieldsOf, NEXT_BUTTON, shownProblems, type TextField } from './rows.ts'
import type { Session } from './session.ts'

/** A key on a page with fields. Gives what the text box in the focus should act on, or null. */
export function routeFormKey(key: Key, session: Session): Key | null {
  const view = session.view()
  const form = formOf(view, session)
  if (!form) {
    if (key.name === 'escape') goBack(session)
    return null
  }
  const focus = focusOf(form, view)
  const field = fieldAt(form, focus)
  if (field?.kind === 'select' && field.open) {
    routeListKey(key, field, field.open, form, session)
    return null
  }
  if (field?.kind === 'select' && openByKey(key, field, session)) return null
  switch (key.name) {
    case 'escape':
      goBack(session)
      return null
    case 'up':
      moveBy(-1, form, session)
      return null
    case 'down':
      moveBy(1, form, session)
      return null
    case 'tab':
      moveToGroup(1, form, session)
      return null
    case 'shift-tab':
      moveToGroup(-1, form, session)
      return null
    case 'page-up':
    case 'page-down':
      scrollPage(key.name === 'page-up' ? -1 : 1, form, session)
      return null
    case 'enter':
      // What would be changed or removed must be on the screen first.
      if (isUndecided(field) && returnToFocus(form, session)) return null
      pressEnter(form, field, session)
      return null
  }
  if (!field) return null
  if (field.kind !== 'text') return returnToFocus(form, session) ? null : routeControlKey(key, field, session)
  const typed = routeTextKey(key, field, session)
  if (typed?.name !== 'text' || !('text' in typed) || !returnToFocus(form, session)) return typed
  // The box was scrolled away: it was not drawn, and heard nothing.
  field.onChange(field.value + typed.text)
  return null
}

/** Enter on it does more than going on. */
function isUndecided(field: Field | null): boolean {
  return field?.kind === 'action' || (field?.kind === 'choice' && !field.isChosen)
}

function goBack(session: Session): void {
  const { page, earlier } = session.view().wizard
  const isFirst = page === 'begun' || (page === 'welcome' && earlier === null)
  if (isFirst) session.change({ notice: 'This is the first page. Ctrl-C asks whether to quit.' })
  else if (page === 'done') session.change({ notice: 'The system is installed; there is no way back.' })
  else session.send({ type: 'BACK' })
}

function routeTextKey(key: Key, field: TextField, session: Session): Key | null {
  if (key.name === 'ctrl-u') field.onChange('')
  else if (key.name === 'ctrl-w') field.onChange(field.value.replace(/\s*\S*\s*$/u, ''))
  else if (key.name === 'paste' && 'text' in key) return routePaste(key.text, field, session)
  else if (key.name === 'text' || key.name === 'backspace' || key.name === 'left' || key.name === 'right') return key
  return null
}

function routePaste(text: string, field: TextField, session: Session): Key | null {
  const lines = text.replace(/\n+$/u, '').split('\n')
  if (lines.length > 1 && field.onPasteLines) {
    field.onPasteLines(lines)
    return null
  }
  const joined = lines.join('')
  const clean = joined.replace(/\p{Cc}/gu, '')
  if (lines.length > 1) session.change({ notice: 'The pasted text had several lines; they were joined.' })
  else if (clean !== joined) session.change({ notice: 'The pasted text had control characters; they were left out.' })
  return { name: 'text', text: clean }
}

function routeControlKey(key: Key, field: Exclude<Field, TextField>, session: Session): null {
  const isRemoval = field.kind === 'action' && field.verb === 'remove'
  if (isRemoval && (key.name === 'delete' || key.name === 'backspace')) pressAction(field, session)
  if (key.name !== 'text' || !('text' in key)) return null
  // Each space counts: two that arrive together turn a toggle on and off again.
  for (const char of key.text) {
    if (char === ' ') pressSpace(field.id, session)
  }
  return null
}

/** What is gone after it leaves the focus to what has come in its place, not to the top of the page. */
function pressAction(field: Extract<Field, { kind: 'action' }>, session: Session): void {
  const before = session.view()
  const form = formOf(before, session)
  const at = form ? stopsOf(form).indexOf(field.id) : -1
  field.onPress()
  const after = session.view()
  const fresh = formOf(after, session)
  if (!fresh || at < 0 || after.wizard.page !== before.wizard.page || fieldAt(fresh, field.id)) return
  const stops = stopsOf(fresh)
  const next = stops[Math.min(at, stops.length - 1)]
  if (next !== undefined) focusOn(next, session)
}

function pressSpace(id: string, session: Session): void {
  const form = formOf(session.view(), session)
  const field = form && fieldAt(form, id)
  if (field?.kind === 'check') field.onToggle()
  if (field?.kind === 'choice' && !field.isChosen) field.onChoose()
}

/** Enter takes what is there and goes on; it never turns anything off. */
function pressEnter(form: Form, field: Field | null, session: Session): void {
  if (field?.kind === 'action') {
    pressAction(field, session)
    if (field.goesOn) focusOn(nextGroup(1, form, field.id) ?? field.id, session)
    return
  }
  if (field?.kind === 'text' && field.commit && field.value.trim() !== '') {
    field.commit()
    return
  }
  if (field?.kind === 'choice' && !field.isChosen) field.onChoose()
  const fresh = formOf(session.view(), session) ?? form
  const next = field && nextGroup(1, fresh, field.id)
  if (next === null || next === NEXT_BUTTON) pressNext(session)
  else focusOn(next, session)
}

/** Text that waits in a box for its Enter is taken over first, so that going on loses nothing. */
function pressNext(session: Session): void {
  const before = session.view()
  const form = formOf(before, session)
  if (!form?.next) return
  for (const field of fieldsOf(form.rows)) {
    if (field.kind === 'text' && field.commit && field.value.trim() !== '' && !field.commit()) {
      focusOn(field.id, session)
      return
    }
  }
  if (stopsAtWaiting(form, session)) return
  form.next.onPress()
  const after = session.view()
  const afterForm = formOf(after, session)
  if (!afterForm || after.wizard.exit !== null) return
  const shown = shownProblems(afterForm.rows)
  const count = new Set([...afterForm.problems, ...shown.map(({ problem }) => problem)]).size
  if (count === 0) return
  const [first] = shown
  if (first) focusOn(first.fieldId, session)
  session.change({
    notice:
      count === 1
        ? 'One thing must be put right first; see the line with !'
        : `${count} things must be put right first; see the lines with !`,
  })
}

const WAITING = 'waiting'

/** What was found for a person is not passed by unseen: the first Continue stops there, the second goes on. */
function stopsAtWaiting(form: Form, session: Session): boolean {
  const waiting = fieldsOf(form.rows).filter((field) => field.kind === 'action' && field.isWaiting === true)
  const [first] = waiting
  const { memory } = session.view()
  const seen = waiting.map(({ label }) => label).join('\n')
  if (!first || memory[WAITING] === seen) return false
  focusOn(first.id, session)
  session.change({
    memory: { ...memory, [WAITING]: seen },
    notice: 'Enter takes what was found; Continue once more goes on without it.',
  })
  return true
}
