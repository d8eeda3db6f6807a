import type { Confirmation } from './answers.ts'
import type { TaskId } from './event.ts'
import type { Plan } from './plan.ts'
import type { Problem } from './problem.ts'

/** All that a restarted installer needs to go on with an install, without a secret. It stands at the head of the journal. */
export type SavedInstall = {
  readonly format: 1
  /** Another installer renders other files, so it may look but not go on. */
  readonly installerVersion: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly planHash: string
  readonly plan: Plan
  /** The answer file, YAML, with references instead of secrets. */
  readonly answers: string
  readonly confirmation: Confirmation
  /** Of the recovery key that was shown (credentials/shown-key.ts), so that a mistyped one is not taken for it later. Left out
   *  where there is none. */
  readonly recoveryKeyHash?: string
  /** In the journal in memory only: the boot that it is of. On a live system that keeps /var a file outlives its boot. */
  readonly bootId?: string
}

export type JournalRecord = { readonly at: string } & (
  | { readonly state: 'started' | 'failed' | 'undone'; readonly task: TaskId }
  | { readonly state: 'finished'; readonly task: TaskId; readonly outputs: Readonly<Record<string, string>> }
  | { readonly state: 'installed' | 'cancelled' }
)

export type TaskStand = 'not begun' | 'begun' | 'finished' | 'failed'

/** What a restarted installer found. */
export type Begun = {
  readonly saved: SavedInstall
  readonly tasks: readonly { readonly id: TaskId; readonly stand: TaskStand }[]
  readonly outputs: Readonly<Partial<Record<TaskId, Readonly<Record<string, string>>>>>
  /** As they stand in the journal, for a support bundle. */
  readonly records?: readonly JournalRecord[]
  readonly isInstalled: boolean
  /** `memory`: the installer was started again on the same boot. `target`: it was read from a disk's esp. */
  readonly place: 'memory' | 'target'
  /** Non-empty: going on is not possible, and each says why: another version, a disk gone or changed. */
  readonly problems: readonly Problem[]
}

export type BegunChoice = 'continue' | 'start-over' | 'look'
