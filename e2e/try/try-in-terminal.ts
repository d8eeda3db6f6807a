import { attachTerminal } from '../harness/attach.ts'
import type { Machine } from '../harness/machine.ts'

/** Gives the machine's serial line to the person's terminal, over its reboots, until Ctrl-] or power-off. Resolves to the
 *  exit code. */
export async function tryInTerminal(machine: Machine): Promise<number> {
  console.log('Booting; the wizard comes up in this terminal in about a minute. Ctrl-] ends the machine at any time.\n')
  const terminal = attachTerminal(machine)
  try {
    for (;;) {
      const next = await Promise.race([
        terminal.ended.then(() => 'left' as const),
        machine.waitForExit({ timeoutMs: 2 ** 31 - 1 }),
      ])
      if (next === 'left') return 0
      if (next !== 'guest-reset') {
        terminal.say(`The machine went off (${next}).`)
        return next === 'guest-shutdown' ? 0 : 1
      }
      terminal.say('The machine restarts from its own disks; the installer is unplugged.')
      await machine.powerOn({ boot: 'disks' })
    }
  } finally {
    terminal.detach()
  }
}
