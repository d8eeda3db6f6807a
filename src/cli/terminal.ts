import type { Secret } from '../model/secret.ts'

/** Where a command without a screen writes. */
export type Terminal = {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly isTTY: boolean
  /** Asks for a line without showing it; null when the terminal is gone. Left out where there is none to ask on. */
  readonly askHidden?: (question: string) => Promise<Secret | null>
}
