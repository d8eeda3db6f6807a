import { focusOn, moveToGroup, nextGroup } from './form-focus.ts'
import type { Key } from './key-decoder.ts'
import { type Form, formOf } from './page-forms.ts'
import type { OpenList, SelectField } from './rows.ts'
import { LIST_LINES, matchesOf, openList } from './select-list.ts'
import type { Session } from './session.ts'

const STEPS: Readonly<Partial<Record<Key['name'], number>>> = {
  up: -1,
  down: 1,
  'page-up': -LIST_LINES,
  'page-down': LIST_LINES,
  home: Number.NEGATIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
}

/** A key on a list that is closed: a letter begins to search, Space shows it all. True when the key was taken. */
export function openByKey(key: Key, field: SelectField, session: Session): boolean {
  const text = typedText(key)
  if (text === null) return false
  show(field, session, openList(field, text.trimStart()))
  return true
}

/** A key on an open list: Up and Down mark, letters narrow it, Enter takes the marked one, Esc closes it. */
export function routeListKey(key: Key, field: SelectField, open: OpenList, form: Form, session: Session): void {
  const matches = matchesOf(field.options, open.filter)
  const step = STEPS[key.name]
  const text = typedText(key)
  if (step !== undefined) {
    show(field, session, { ...open, at: Math.max(0, Math.min(open.at + step, matches.length - 1)) })
  } else if (text !== null) {
    show(field, session, openList(field, (open.filter + text).trimStart()))
  } else if (key.name === 'backspace' && open.filter !== '') {
    show(field, session, openList(field, [...open.filter].slice(0, -1).join('')))
  } else if (key.name === 'ctrl-u' || key.name === 'ctrl-w') {
    show(field, session, openList(field, ''))
  } else if (key.name === 'enter') {
    take(field, matches[open.at]?.value, session)
  } else if (key.name === 'escape' || key.name === 'backspace') {
    session.change({ list: null })
  } else if (key.name === 'tab' || key.name === 'shift-tab') {
    moveToGroup(key.name === 'tab' ? 1 : -1, form, session)
  }
}

function take(field: SelectField, value: string | undefined, session: Session): void {
  if (value === undefined) {
    session.change({ notice: 'Nothing on the list is called so. Backspace takes letters away.' })
    return
  }
  field.onSelect(value)
  const fresh = formOf(session.view(), session)
  const next = fresh && nextGroup(1, fresh, field.id)
  focusOn(next ?? field.id, session)
}

/** The focus stays where it is, but a longer page may have to scroll. */
function show(field: SelectField, session: Session, list: OpenList): void {
  session.change({ list: { ...list, id: field.id } })
  focusOn(field.id, session)
}

function typedText(key: Key): string | null {
  if ((key.name !== 'text' && key.name !== 'paste') || !('text' in key)) return null
  return key.text
    .split('\n', 1)
    .join('')
    .replace(/\p{Cc}/gu, '')
}
