import { checkKeyboard } from '../steps/system/system.ts'
import type { WizardState } from '../wizard/state.ts'
import type { Session } from './session.ts'

/** The keyboard layout that the next secret is typed with: that of an earlier install which goes on, or the one that an answer
 *  file has just brought in, the usual one where the file leaves it out; null when none
 *  came. One that is not known is not tried: the system page says what is wrong with it. */
export function keyboardJustOpened(before: WizardState, now: WizardState): string | null {
  // After a cold boot the console has another one than the passphrase was typed with.
  if (before.page === 'begun' && now.begunChoice === 'continue') {
    return now.earlier?.begun.saved.plan.system.keyboard ?? null
  }
  const isOpened = now.opening !== null && now.drafts !== null
  if (!isOpened || (before.drafts !== null && before.opening === now.opening)) return null
  const keyboard = now.opening?.drafts.system?.keyboard
  return keyboard !== undefined && checkKeyboard(keyboard) === null ? keyboard : null
}

/** As if it had been chosen on the system page, so that a passphrase is typed with it from the first one on. What came of it
 *  is said there, and at once below the page that is open. */
export function applyOpenedKeyboard(keyboard: string, session: Pick<Session, 'change' | 'looksOf'>): void {
  session.looksOf('system').start('keyboard', keyboard, async ({ applyKeyboard }) => {
    const result = await applyKeyboard(keyboard)
    const words = [...result.problems.map(({ message }) => message), ...result.good][0]
    if (words !== undefined) session.change({ notice: `For what you type: ${words}` })
    return result
  })
}
