import type { InstallEvent } from '../model/event.ts'
import { addEvents, NO_PROGRESS } from '../wizard/progress.ts'
import { timeLeftMs } from '../wizard/time-left.ts'

/** How wrong the guess was at that share of the install's time: 0.2 is a fifth of what was really left, too long or too
 *  short. Null: nobody said. */
export type EtaError = { readonly atShare: number; readonly error: number | null }

/** Reads a whole install's events as they came and compares what a person read with what was true. Empty when they are not
 *  those of an install that went well. For the VM runs and for recorded streams. */
export function etaErrors(events: readonly InstallEvent[], shares: readonly number[] = [0.25, 0.5, 0.75]): EtaError[] {
  const begin = events.find(({ type }) => type === 'install-started')
  const end = events.findLast(({ type }) => type === 'install-finished')
  if (begin === undefined || end === undefined) return []
  const [from, to] = [Date.parse(begin.at), Date.parse(end.at)]
  return shares.map((atShare) => {
    const now = from + (to - from) * atShare
    const heard = events.filter(({ at }) => Date.parse(at) <= now)
    const guess = timeLeftMs(addEvents(NO_PROGRESS, heard), now)
    return { atShare, error: guess === null ? null : Math.abs(guess - (to - now)) / (to - now) }
  })
}
