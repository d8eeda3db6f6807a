import { routeFormKey } from './form-keys.ts'
import { isTooSmall } from './frame-size.ts'
import type { Key } from './key-decoder.ts'
import { fieldAt, focusOf, formOf, takesText } from './page-forms.ts'
import { scrollBy } from './scrolling.ts'
import type { Session } from './session.ts'

const NOT_UTF8 = 'The terminal sent a character that is not UTF-8; it was left out.'

/** What a key does, decided on the state of now. Gives the key that the focused Ink component should act on, or null. */
export function routeKey(key: Key, session: Session): Key | null {
  const { wizard, size } = session.view()
  if (wizard.exit !== null) return null
  if (key.name === 'ctrl-l') {
    session.repaint()
    return null
  }
  if (key.name === 'invalid') {
    session.change({ notice: NOT_UTF8 })
    return null
  }
  if (wizard.overlay === 'quit') return routeAnswerKey(key, session, () => session.send({ type: 'LEAVE' }))
  if (wizard.overlay === 'power-off') return routeAnswerKey(key, session, () => session.powerOff())
  // Also while it runs, and on the help page: it only asks.
  if (key.name === 'ctrl-c') {
    session.send({ type: 'QUIT' })
    return null
  }
  if (isTooSmall(size)) return null
  if (wizard.overlay === 'bundle') return routeBundleKey(key, session)
  if (wizard.overlay !== 'none') return routeReadingKey(key, session)
  if (key.name === 'f1' || (isText(key, '?') && !isInTextField(session))) {
    session.change({ scroll: { ...session.view().scroll, help: 0 } })
    session.send({ type: 'HELP' })
    return null
  }
  if (wizard.page === 'install') return routeInstallKey(key, session)
  if (wizard.page === 'failed') {
    if (key.name === 'page-up' || key.name === 'page-down') scrollBy(key, 'failed', session)
    if (key.name === 'f2') session.openBundle()
    return routeMenuKey(key)
  }
  return routeFormKey(key, session)
}

/** The dialog itself is a menu, and Ctrl-C does nothing in it: whoever leans on the key does not quit by it. */
function routeAnswerKey(key: Key, session: Session, onYes: () => void): Key | null {
  const letters = key.name === 'text' && 'text' in key ? key.text.toLowerCase() : ''
  // The first letter decides, however many came at once.
  if (letters.startsWith('y')) onYes()
  else if (letters.startsWith('n') || key.name === 'escape') session.send({ type: 'STAY' })
  return routeMenuKey(key)
}

function routeMenuKey(key: Key): Key | null {
  if (key.name === 'tab' || key.name === 'right') return { name: 'down' }
  if (key.name === 'shift-tab' || key.name === 'left') return { name: 'up' }
  return key.name === 'up' || key.name === 'down' || key.name === 'enter' ? key : null
}

function routeReadingKey(key: Key, session: Session): null {
  const { overlay } = session.view().wizard
  if (key.name === 'escape' || key.name === 'enter' || key.name === 'f1' || isText(key, 'q')) {
    session.send({ type: 'CLOSE' })
  } else if (overlay === 'help' || overlay === 'log' || overlay === 'look') {
    scrollBy(key, overlay, session)
  }
  return null
}

/** A menu while there is something to choose. Esc also ends the serving of a bundle. */
function routeBundleKey(key: Key, session: Session): Key | null {
  const isChoosing = session.view().bundle?.status === 'choosing'
  if (key.name === 'escape' || (!isChoosing && key.name === 'enter')) {
    session.closeBundle()
    return null
  }
  return isChoosing ? routeMenuKey(key) : null
}

function routeInstallKey(key: Key, session: Session): null {
  if (key.name === 'escape') {
    session.change({ notice: 'The install is running. Ctrl-C asks whether to cancel it.' })
  } else {
    scrollBy(key, 'install', session)
  }
  return null
}

function isText(key: Key, text: string): boolean {
  return key.name === 'text' && 'text' in key && key.text === text
}

function isInTextField(session: Session): boolean {
  const view = session.view()
  const form = formOf(view, session)
  return takesText(form && fieldAt(form, focusOf(form, view)))
}
