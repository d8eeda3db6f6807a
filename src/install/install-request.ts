import type { Confirmation } from '../model/answers.ts'
import type { InstallEvent, TaskFailure } from '../model/event.ts'
import type { InstallSecrets } from '../model/install-secrets.ts'
import type { Plan, RenderedFile } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import type { Log } from '../system/log.ts'
import type { System } from '../system/system.ts'
import type { SequenceEntry } from './sequences.ts'

export type InstallRequest = {
  readonly plan: Plan
  readonly files: readonly RenderedFile[]
  readonly phaseFiles: readonly RenderedFile[]
  readonly secrets: InstallSecrets
  readonly confirmation: Confirmation | null
  /** Skip what an earlier run of the same plan finished, as long as it still holds. */
  readonly resume: boolean
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
}
