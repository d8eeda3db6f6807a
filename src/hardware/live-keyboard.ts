import type { LookResult } from '../model/look.ts'
import { CommandError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'

/** Where the wizard's own keys come from. */
const OWN_TERMINAL = '/proc/self/fd/0'

/** Sets the keymap of the virtual console that the wizard runs on; it holds for all of them until the next boot. On a serial
 *  line, over SSH and in a window the keys are made elsewhere, and nothing is done. */
export async function applyKeyboard(system: System, keymap: string): Promise<LookResult> {
  const terminal = await system.realPath(OWN_TERMINAL)
  const nothing: LookResult = { problems: [], good: [], unknown: [], found: [] }
  if (terminal === null || !/^\/dev\/tty\d+$/.test(terminal)) {
    const words = 'this is not the console of the machine: here the keyboard layout of your own terminal counts'
    return { ...nothing, unknown: [words] }
  }
  try {
    await system.run(programs.loadkeys, ['-q', '-C', terminal, keymap], { timeoutMs: 10_000 })
    return { ...nothing, good: [`the keyboard is ${keymap} now`] }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const message = `the live system cannot use the keyboard layout ${keymap}`
    const hint = 'the installed system will use it; type the passphrase as it will be typed there'
    return { ...nothing, problems: [{ code: 'keyboard-not-applied', path: ['system', 'keyboard'], message, hint }] }
  }
}
