/** What is in the way. Data, not an exception: all problems are collected, then all are shown. */
export type Problem = {
  /** Stable, kebab-case; tests and callers match on this, never on the message. */
  readonly code: string
  /** Where in the answers (`['disk', 'devices', 0]`) or in the hardware (`['hardware', 'tpm']`); empty for the whole. */
  readonly path: readonly (string | number)[]
  /** One sentence with the rule and the finding. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
}
