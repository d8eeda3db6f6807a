import { focusOn } from './form-focus.ts'
import { readableError } from './readable-error.ts'
import { LOAD_PATH, LOAD_REFUSED, SAVE_EXISTS, SAVE_FIELD, SAVE_PATH, SAVE_REFUSED, SAVED_TO } from './save-memory.ts'
import type { WizardServices } from './services.ts'
import type { Session, View } from './session.ts'

/** Saves the answers of the review to a file. One that is there already is replaced only when the same path is given twice. */
export function saveAnswers(path: string, services: Pick<WizardServices, 'saveAnswers'>, session: Session): void {
  const { wizard, memory } = session.view()
  const answers = wizard.review?.answers
  function say(changes: View['memory']) {
    session.change({ memory: { ...session.view().memory, ...changes } })
    // What is said below the box must be on the screen.
    if (session.view().focus.review === SAVE_FIELD) focusOn(SAVE_FIELD, session)
  }
  if (!answers) {
    say({ [SAVE_REFUSED]: 'put right what is marked with ! first' })
    return
  }
  services.saveAnswers(answers, path, { mayReplace: memory[SAVE_EXISTS] === path }).then(
    (result) => {
      if (result === 'saved') say({ [SAVED_TO]: path, [SAVE_PATH]: '', [SAVE_REFUSED]: '', [SAVE_EXISTS]: '' })
      else
        say({
          [SAVED_TO]: '',
          [SAVE_REFUSED]: 'there is such a file already. Enter once more replaces it',
          [SAVE_EXISTS]: path,
        })
    },
    (error: unknown) => say({ [SAVED_TO]: '', [SAVE_REFUSED]: readableError(error) }),
  )
}

/** Reads an answer file into the pages. The wizard itself opens the page where something is left to answer. */
export function loadAnswers(
  path: string,
  services: Pick<WizardServices, 'loadAnswers'>,
  session: Pick<Session, 'view' | 'change' | 'send'>,
): void {
  const say = (changes: View['memory']) => session.change({ memory: { ...session.view().memory, ...changes } })
  services.loadAnswers(path).then(
    (opening) => {
      if (opening === null) return say({ [LOAD_REFUSED]: `${path} cannot be read` })
      say({ [LOAD_PATH]: '', [LOAD_REFUSED]: '' })
      session.send({ type: 'OPENED', opening })
    },
    (error: unknown) => say({ [LOAD_REFUSED]: readableError(error) }),
  )
}
