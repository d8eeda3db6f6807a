import { checkMachine } from '../plan/check-machine.ts'
import { hardware, machineNames } from './machine.ts'
import { whyRefused } from './machine-facts.ts'
import { readExpected } from './machine-kinds.ts'

/** One row of the README's table of supported hardware. */
export type MachineRow = {
  readonly name: string
  readonly about: string
  /** How many of its disks can be chosen, and how many are shown with the reason why not. */
  readonly offered: number
  readonly refused: number
  readonly fits: boolean
  /** Why it does not fit, in words; null when it does. */
  readonly reason: string | null
}

/** Every recorded machine, in the order of their names, judged by what detection makes of it (its hardware.json). */
export function machineTable(): readonly MachineRow[] {
  return machineNames().map((name) => {
    const found = hardware(name)
    const offered = found.disks.filter((disk) => whyRefused(disk) === null).length
    const reasons = checkMachine(found).map((problem) => problem.message)
    if (offered === 0 && found.disks.length > 0) reasons.push('no disk can be chosen')
    return {
      name,
      about: readExpected(name).about,
      offered,
      refused: found.disks.length - offered,
      fits: reasons.length === 0,
      reason: reasons.length === 0 ? null : reasons.join('; '),
    }
  })
}
