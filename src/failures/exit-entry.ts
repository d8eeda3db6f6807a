import type { Diagnosis } from '../model/failure.ts'
import { type CatalogueEntry, ended, NO_FACTS, WAYS } from './entry.ts'

const REAL = 'told by the exit code; a unit test gets it from the real program (failures/real-programs.test.ts)'
export const SEE_KERNEL = 'see what the kernel says about the disks: dmesg --level=err,warn'
export const FORMAT_AGAIN = 'then retry: it begins with the disks again'

/** An entry that knows only which program ended with which code, doing what. */
export function exitEntry(given: {
  readonly code: string
  readonly title: string
  readonly program: string
  readonly exitCodes?: readonly number[]
  readonly actions?: readonly string[]
  readonly cause: string
  readonly remedy: readonly string[]
  readonly example: CatalogueEntry['example']['signature']
  readonly waysOn?: Diagnosis['waysOn']
  readonly noFaultBecause?: string
}): CatalogueEntry {
  const { code, title, program, exitCodes = null, actions = null, cause, remedy, example, waysOn = WAYS } = given
  return {
    ...{ code, title, waysOn },
    matches: (failure) => ended(failure, program, exitCodes, actions),
    tell: () => ({ cause, remedy }),
    example: { signature: example, facts: NO_FACTS },
    noFaultBecause: given.noFaultBecause ?? REAL,
  }
}
