import type { LookResult } from '../model/look.ts'
import type { Problem } from '../model/problem.ts'
import type { NameAnswer } from '../system/look-up-name.ts'
import type { System } from '../system/system.ts'

/** What a network check works with. */
export type NetworkHands = {
  readonly system: System
  lookUp(name: string, server: string | null, timeoutMs: number): Promise<NameAnswer>
  pause(ms: number): Promise<void>
  /** False in a dry run: then nothing is put on the live system, not even for a moment. */
  readonly mayTry: boolean
}

/** Gathers what was found, in the order it was looked at. All of it is advice. */
export type Findings = {
  problem(key: string | null, code: string, message: string, hint?: string): void
  good(words: string): void
  unknown(words: string): void
  result(): LookResult
}

export function gatherFindings(): Findings {
  const problems: Problem[] = []
  const good: string[] = []
  const unknown: string[] = []
  return {
    problem(key, code, message, hint) {
      problems.push({ code, path: key === null ? ['network'] : ['network', key], message, ...(hint && { hint }) })
    },
    good: (words) => void good.push(words),
    unknown: (words) => void unknown.push(words),
    result: () => ({ problems, good, unknown, found: [] }),
  }
}
