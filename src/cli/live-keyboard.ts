import { applyKeyboard } from '../hardware/live-keyboard.ts'
import type { System } from '../system/system.ts'
import type { Terminal } from './terminal.ts'

/** Before somebody is asked for a passphrase: it is to be typed with the layout that the boot will ask for it with. Says what
 *  came of it; nothing where the keys are made elsewhere, as over SSH. */
export async function typeWith(keyboard: string, system: System, { stderr }: Pick<Terminal, 'stderr'>): Promise<void> {
  const { problems, good } = await applyKeyboard(system, keyboard)
  for (const { message, hint } of problems) stderr(`Note: ${message}${hint === undefined ? '' : ` (${hint})`}\n`)
  for (const words of good) stderr(`For what you type: ${words}\n`)
}
