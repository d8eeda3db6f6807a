import { fieldAt, focusOf, formOf, stopsOf, takesText } from './page-forms.ts'
import type { Field } from './rows.ts'
import type { Session, View } from './session.ts'

const NO_ACTS: Pick<Session, 'send' | 'change' | 'view' | 'looksOf' | 'saveAnswers' | 'loadAnswers'> = {
  send: () => {},
  change: () => {},
  view: () => {
    throw new Error('the footer only looks')
  },
  saveAnswers: () => {},
  loadAnswers: () => {},
  looksOf: () => ({ get: () => null, start: () => {}, forget: () => {} }),
}

/** The keys that do something right now. */
export function footerKeys(view: View): readonly string[] {
  const { page, overlay } = view.wizard
  if (overlay === 'quit' || overlay === 'power-off') return ['Up/Down choose', 'Enter take', 'Esc stay']
  if (overlay === 'bundle') return bundleKeys(view)
  if (overlay !== 'none') return ['Up/Down, Page Up/Down scroll', 'Esc close']
  if (page === 'install') return ['Up/Down, Page Up/Down, End log', 'F1/? help', 'Ctrl-C cancel']
  if (page === 'failed') return ['Up/Down choose', 'Enter take', 'Page Up/Down scroll', 'F1/? help', 'Ctrl-C quit']
  const form = formOf(view, NO_ACTS)
  const field = form && fieldAt(form, focusOf(form, view))
  if (field?.kind === 'select' && field.open) {
    return ['Type to search', 'Up/Down mark', 'Enter take', 'Esc close', 'Ctrl-C quit']
  }
  const isFirst = page === 'begun' || (page === 'welcome' && view.wizard.earlier === null)
  const back = isFirst || page === 'done' ? [] : ['Esc back']
  const stops = form ? stopsOf(form).length : 0
  const move = stops > 1 ? ['Up/Down move'] : []
  return [
    ...(stops > 0 ? fieldKeys(field) : []),
    ...move,
    ...back,
    takesText(field) ? 'F1 help' : 'F1/? help',
    'Ctrl-C quit',
  ]
}

function bundleKeys({ bundle }: View): readonly string[] {
  if (bundle?.status !== 'choosing') return ['Esc close']
  return ['Up/Down choose', 'Enter take', 'Esc close']
}

function fieldKeys(field: Field | null): readonly string[] {
  switch (field?.kind) {
    case 'text':
      return [field.commit && field.value.trim() !== '' ? 'Enter take' : 'Enter next']
    case 'select':
      return ['Enter next', 'Space list']
    case 'choice':
      // Enter goes on from the one that is chosen already.
      return field.isChosen ? ['Enter, Tab next'] : ['Enter choose', 'Tab next']
    case 'check':
      return ['Space on/off', 'Enter next']
    case 'action':
      return [`Enter ${field.verb}`]
    default:
      return ['Enter go on']
  }
}
