import type { Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'

/** What one source of the detection gives: its fields of Hardware in any case, and what was wrong on the way to them. */
export type Part<Key extends keyof Hardware> = {
  readonly value: Pick<Hardware, Key>
  readonly problems: readonly Problem[]
}

/** A problem of the detection: it says what could not be read and what follows from that. */
export function hardwareProblem(part: string, code: string, message: string, hint?: string): Problem {
  return { code, path: ['hardware', part], message, ...(hint === undefined ? {} : { hint }) }
}
