import type { OpeningAnswers } from '../answers/opening-answers.ts'
import type { Answers, Confirmation, StepId } from '../model/answers.ts'
import type { InstallEvent, TaskFailure } from '../model/event.ts'
import type { Hardware } from '../model/hardware.ts'
import type { InstallSecrets } from '../model/install-secrets.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import type { Begun, BegunChoice } from '../model/saved-install.ts'
import type { Secret } from '../model/secret.ts'
import type { Drafts } from '../steps/step.ts'
import type { PageId } from './pages.ts'
import type { InstallProgress } from './progress.ts'
import type { Review } from './review.ts'

/** `look`: what an earlier install has done. `bundle`: saving a support bundle. `power-off`: whether to. */
export type Overlay = 'none' | 'help' | 'quit' | 'log' | 'look' | 'bundle' | 'power-off'

/** The second entry of each secret. No part of the answers; kept so that going back does not ask again. */
export type Repeats = { readonly passphrase: string; readonly pin: string; readonly password: string }
export const NO_REPEATS: Repeats = { passphrase: '', pin: '', password: '' }

export type ExitReason = 'quit' | 'failed' | 'installed' | 'dry-run-done'

export type SecretName = keyof InstallSecrets

/** An install that was begun here and did not end. */
export type EarlierInstall = {
  readonly begun: Begun
  /** What must be asked for again to go on with it. */
  readonly secrets: readonly SecretName[]
  /** Its answers, without secrets, for whoever starts over. Null: they cannot be read. */
  readonly opening: OpeningAnswers | null
}

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
  /** Known as soon as `hardware` is. */
  readonly earlier: EarlierInstall | null
  /** Null until the person has chosen on the page `begun`. */
  readonly begunChoice: Exclude<BegunChoice, 'look'> | null
  /** What was typed on the page `secrets`. */
  readonly secretTexts: Readonly<Partial<Record<SecretName, string>>>
  /** The second entry of those that nothing here can be held against. */
  readonly secretRepeats: Readonly<Partial<Record<SecretName, string>>>
  /** The earlier recovery key is lost: a new one is shown. */
  readonly isKeyLost: boolean
  /** True after an attempt to go on with secrets that cannot be right. */
  readonly hasTriedSecrets: boolean
  readonly isCheckingSecrets: boolean
  /** The disks do not open with the passphrase that was typed. */
  readonly isPassphraseWrong: boolean
  /** The recovery key that was typed is not the one that was shown. */
  readonly isKeyWrong: boolean
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
  /** The disks of this install are formatted, by this wizard or before: its journal is on one of them. */
  readonly hasFormatted: boolean
  readonly isCancelling: boolean
  readonly failure: TaskFailure | null
  /** The log's last lines when it failed: what is undone afterwards writes into the log too. */
  readonly failureLog: readonly string[]
  /** A task has failed, and what the install holds is being let go: nothing can be tried again before that. */
  readonly isReleasing: boolean
  /** What could not be let go. */
  readonly releaseProblems: readonly Problem[]
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
  | { readonly type: 'DETECTED'; readonly hardware: Hardware; readonly earlier?: EarlierInstall | null }
  | { readonly type: 'DETECTION_FAILED'; readonly message: string }
  /** An answer file was given on the first page: it takes the place of all that was answered before. */
  | { readonly type: 'OPENED'; readonly opening: OpeningAnswers }
  | { readonly type: 'CHOOSE_BEGUN'; readonly choice: Exclude<BegunChoice, 'look'> }
  | { readonly type: 'EDIT_SECRET'; readonly secret: SecretName; readonly text: string }
  | { readonly type: 'REPEAT_SECRET'; readonly secret: SecretName; readonly text: string }
  /** `opens` null: it can only be seen when the install goes on. `isKey` null: the journal does not tell. */
  | { readonly type: 'SECRETS_CHECKED'; readonly opens: boolean | null; readonly isKey: boolean | null }
  | { readonly type: 'LOSE_KEY'; readonly isLost: boolean }
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
  /** Comes before INSTALL_FAILED, which waits until all is undone. */
  | { readonly type: 'TASK_FAILED'; readonly failure: TaskFailure }
  | { readonly type: 'RELEASED'; readonly problems: readonly Problem[] }
  /** The chart's own. */
  | { readonly type: 'START_INSTALL' }
  | { readonly type: 'DETECT_AFRESH' }
  | { readonly type: 'CHECK_SECRETS' }
  | { readonly type: 'RETRY' }
  | { readonly type: 'FINISH' }
  | { readonly type: 'HELP' }
  | { readonly type: 'SHOW_LOG' }
  | { readonly type: 'SHOW_BEGUN' }
  | { readonly type: 'SHOW_BUNDLE' }
  | { readonly type: 'ASK_POWER_OFF' }
  | { readonly type: 'CLOSE' }
  | { readonly type: 'QUIT' }
  | { readonly type: 'STAY' }
  | { readonly type: 'LEAVE' }

export type InstallRequest = {
  /** Null when an earlier install goes on: it has its own. */
  readonly answers: Answers | null
  readonly plan: Plan
  readonly confirmation: Confirmation
  readonly secrets: InstallSecrets
  /** The earlier install to go on with. */
  readonly begun: Begun | null
  /** True after a failure or a cancel: tasks that are done already are not done again. */
  readonly isRetry: boolean
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
  findBegun(hardware: Hardware): Promise<EarlierInstall | null>
  /** Lets go of what an earlier install holds since this boot, so that it can be started over. */
  release(begun: Begun): Promise<void>
  /** Whether the disks of an earlier install open with it; null where that cannot be tried yet. */
  opensDisks(begun: Begun, passphrase: Secret): Promise<boolean | null>
  install(request: InstallRequest): Promise<InstallResult>
  makeRecoveryKey(): Secret
}
