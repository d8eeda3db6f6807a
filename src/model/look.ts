import type { Problem } from './problem.ts'

/** What came of looking at the world outside while a page is filled in: the network, a cluster, a list of keys. Advice. */
export type LookResult = {
  readonly problems: readonly Problem[]
  /** What was looked at and is right, in words. */
  readonly good: readonly string[]
  /** What could not be looked at, and why. */
  readonly unknown: readonly string[]
  /** What was looked for: SSH keys, one line each. Empty for looks that only judge. */
  readonly found: readonly string[]
}
