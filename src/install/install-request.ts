import type { Confirmation } from '../model/answers.ts'
import type { InstallEvent, TaskFailure } from '../model/event.ts'
import type { InstallSecrets } from '../model/install-secrets.ts'
import type { Plan, RenderedFile } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import type { Begun } from '../model/saved-install.ts'
import type { Log } from '../system/log.ts'
import type { System } from '../system/system.ts'
import type { SequenceEntry } from './sequences.ts'

export type InstallRequest = {
  readonly plan: Plan
  readonly files: readonly RenderedFile[]
  readonly phaseFiles: readonly RenderedFile[]
  readonly secrets: InstallSecrets
  readonly confirmation: Confirmation | null
  /** An install of this plan to go on with: what it finished is skipped as long as it still holds. Null: a new one. */
  readonly begun: Begun | null
  /** The answer file of this install without its secrets, for whoever goes on with it. */
  readonly answersText: string
  readonly installerVersion: string
  readonly signal: AbortSignal
  onEvent(event: InstallEvent): void
}

export type InstallOutcome =
  | { readonly status: 'installed' }
  /** `problems`: what could not be undone. */
  | { readonly status: 'cancelled'; readonly problems: readonly Problem[] }
  | { readonly status: 'failed'; readonly failure: TaskFailure; readonly error: unknown; readonly isBug: boolean }

export type RunOptions = InstallRequest & {
  readonly tasks: readonly SequenceEntry[]
  readonly system: System
  readonly log: Pick<Log, 'write' | 'hide' | 'mask'>
  /** Null: none, for a dry run. */
  readonly journalFile?: string | null
  /** How long one undo may take before nobody waits for it any more. A disk that does not answer holds a program for good. */
  readonly undoLimitMs?: number
}
