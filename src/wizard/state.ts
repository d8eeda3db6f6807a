import type { OpeningAnswers } from '../answers/opening-answers.ts'
import type { Answers, Confirmation, StepId } from '../model/answers.ts'
import type { InstallEvent, TaskFailure } from '../model/event.ts'
import type { Hardware } from '../model/hardware.ts'
import type { InstallSecrets } from '../model/install-secrets.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import type { Secret } from '../model/secret.ts'
import type { Drafts } from '../steps/step.ts'
import type { PageId } from './pages.ts'
import type { InstallProgress } from './progress.ts'
import type { Review } from './review.ts'

export type Overlay = 'none' | 'help' | 'quit' | 'log'

/** The second entry of each secret. No part of the answers; kept so that going back does not ask again. */
export type Repeats = { readonly passphrase: string; readonly pin: string; readonly password: string }
export const NO_REPEATS: Repeats = { passphrase: '', pin: '', password: '' }

export type ExitReason = 'quit' | 'failed' | 'installed' | 'dry-run-done'

/** Everything the screens draw from. Plain data: nothing of XState gets out of this folder. */
export type WizardState = {
  readonly page: PageId
  readonly overlay: Overlay
  readonly isDryRun: boolean
  /** What detection has told so far; `hardware` once it is complete. */
  readonly parts: Partial<Hardware>
  readonly hardware: Hardware | null
  /** Why detection gave up altogether; a missing source alone is a problem in `hardware`. */
  readonly detectionFailure: string | null
  /** What makes this machine unfit, found as soon as the hardware is known. */
  readonly machineProblems: readonly Problem[]
  /** Null until the hardware is known, because the defaults come from it. */
  readonly drafts: Drafts | null
  readonly repeats: Repeats
  /** Of the pages a person tried to leave: kept up to date while they are edited. */
  readonly problems: Readonly<Partial<Record<StepId, readonly Problem[]>>>
  /** The answer file that the pages were filled in from. */
  readonly opening: OpeningAnswers | null
  /** The page to begin with because of that file, until the welcome page was left. */
  readonly opensAt: StepId | 'review' | null
  /** True while a page is edited from the review: its Next and Back lead there. */
  readonly isEditing: boolean
  /** Made on the way to the review. */
  readonly review: Review | null
  readonly typedDiskNames: string
  /** True after an attempt to go on with other words than asked for. */
  readonly hasMistyped: boolean
  readonly confirmation: Confirmation | null
  readonly install: InstallProgress
  readonly isCancelling: boolean
  readonly failure: TaskFailure | null
  readonly wasCancelled: boolean
  /** Made once for all attempts of this wizard, and forgotten when one has succeeded. In no answers, log or journal. */
  readonly recoveryKey: Secret | null
  /** What was typed of it, as two groups: see `groupsToType`. */
  readonly typedKeyGroups: readonly [string, string]
  /** True after an attempt to go on with other letters than the key's. */
  readonly hasMistypedKey: boolean
  /** True when the person left by "Reboot now". */
  readonly wantsReboot: boolean
  /** Set when the wizard is over. */
  readonly exit: ExitReason | null
}

export type WizardEvent =
  | { readonly type: 'DETECTED_PART'; readonly part: Partial<Hardware> }
  | { readonly type: 'DETECTED'; readonly hardware: Hardware }
  | { readonly type: 'DETECTION_FAILED'; readonly message: string }
  /** An answer file was given on the first page: it takes the place of all that was answered before. */
  | { readonly type: 'OPENED'; readonly opening: OpeningAnswers }
  | { readonly type: 'NEXT' }
  | { readonly type: 'BACK' }
  | { readonly type: 'GOTO'; readonly page: StepId | 'review' }
  | { readonly [Id in StepId]: { readonly type: 'EDIT'; readonly step: Id; readonly draft: Drafts[Id] } }[StepId]
  | { readonly type: 'EDIT_REPEAT'; readonly secret: keyof Repeats; readonly text: string }
  /** From now on it can be told how strong a passphrase is. */
  | { readonly type: 'DICTIONARIES_LOADED' }
  | { readonly type: 'TYPE_DISK_NAMES'; readonly text: string }
  | { readonly type: 'INSTALL_EVENTS'; readonly events: readonly InstallEvent[] }
  | { readonly type: 'TYPE_KEY_GROUP'; readonly which: 0 | 1; readonly text: string }
  | { readonly type: 'INSTALLED' }
  | { readonly type: 'INSTALL_FAILED'; readonly failure: TaskFailure }
  | { readonly type: 'INSTALL_CANCELLED' }
  | { readonly type: 'RETRY' }
  | { readonly type: 'FINISH' }
  | { readonly type: 'HELP' }
  | { readonly type: 'SHOW_LOG' }
  | { readonly type: 'CLOSE' }
  | { readonly type: 'QUIT' }
  | { readonly type: 'STAY' }
  | { readonly type: 'LEAVE' }

export type InstallRequest = {
  readonly answers: Answers
  readonly plan: Plan
  readonly confirmation: Confirmation
  readonly secrets: InstallSecrets
  /** True after a failure: tasks that are done already are not done again. */
  readonly resume: boolean
  readonly signal: AbortSignal
  onEvent(event: InstallEvent): void
}

export type InstallResult =
  | { readonly status: 'installed' }
  | { readonly status: 'failed'; readonly failure: TaskFailure }
  | { readonly status: 'cancelled' }

/** What the wizard needs done by others. */
export type WizardPorts = {
  /** Calls `onPart` as sources answer. Rejects only when nothing at all can be said about the machine. */
  detect(onPart: (part: Partial<Hardware>) => void): Promise<Hardware>
  install(request: InstallRequest): Promise<InstallResult>
  makeRecoveryKey(): Secret
}
