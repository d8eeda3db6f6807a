import { assign, type EventObject, fromCallback, setup } from 'xstate'
import type { OpeningAnswers } from '../answers/opening-answers.ts'
import { withMatchedDisks } from '../answers/opening-disks.ts'
import { secretsOf } from '../credentials/install-secrets.ts'
import { groupsToType, isGroup } from '../credentials/recovery-key.ts'
import type { StepId } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Begun } from '../model/saved-install.ts'
import { Secret } from '../model/secret.ts'
import type { Drafts } from '../steps/step.ts'
import {
  askedSecrets,
  begunSecretProblems,
  begunSecrets,
  isFormatted,
  isPassphraseRefused,
  readRecoveryKey,
} from './begun-secrets.ts'
import { firstPage, openingDrafts, withDisksOf } from './opening.ts'
import type { PageId } from './pages.ts'
import { diskNamesToType, judgeStep, makeReview } from './review.ts'
import {
  type ExitReason,
  type InstallRequest,
  NO_REPEATS,
  type Repeats,
  type WizardEvent,
  type WizardState,
} from './state.ts'

export type WizardContext = Omit<WizardState, 'page' | 'overlay'>
export type WizardInput = {
  readonly isDryRun: boolean
  readonly recoveryKey: Secret
  readonly drafts?: Drafts
  readonly repeats?: Repeats
  readonly opening?: OpeningAnswers
}
/** What the install actor starts from; it adds the signal and the callbacks itself. */
export type InstallInput = Omit<InstallRequest, 'signal' | 'onEvent'> | null
/** What was typed that can be held against the disks or the journal. */
export type CheckInput = {
  readonly begun: Begun
  readonly passphrase: Secret | null
  readonly recoveryKey: Secret | null
} | null
/** What must be let go before the machine is looked at; null at the first look. */
export type DetectInput = Begun | null

/** The parts the chart is made of: what may happen when, and what follows. */
export const wizard = setup({
  types: { context: {} as WizardContext, events: {} as WizardEvent, input: {} as WizardInput },
  actors: {
    // Without I/O: `createWizard` provides the real ones, and the chart can be walked without any.
    detect: fromCallback<EventObject, DetectInput>(() => {}),
    install: fromCallback<EventObject, InstallInput>(() => {}),
    checkSecrets: fromCallback<EventObject, CheckInput>(() => {}),
  },
  guards: {
    hasBegun: ({ context }) => context.earlier !== null && context.begunChoice === null,
    hasEarlier: ({ context }) => context.earlier !== null,
    asksForSecrets: ({ context, event }) =>
      chooses(event, 'continue') && canContinue(context) && context.earlier?.secrets.length !== 0,
    goesOn: ({ context, event }) => chooses(event, 'continue') && canContinue(context),
    startsOver: ({ event }) => chooses(event, 'start-over'),
    isGoingOn: ({ context }) => context.begunChoice === 'continue',
    mustCheckSecrets: ({ context }) => begunSecretProblems(context).length === 0 && checkInput(context) !== null,
    isCheckingSecrets: ({ context }) => context.isCheckingSecrets,
    hasFailed: ({ context }) => context.failure !== null,
    mustTypePassphraseAgain: ({ context }) => !context.isReleasing && isPassphraseRefused(context),
    isNotChecking: ({ context }) => !context.isCheckingSecrets,
    areOtherSecrets: ({ event }) =>
      event.type === 'SECRETS_CHECKED' && (event.opens === false || event.isKey === false),
    needsNewKey: ({ context }) =>
      begunSecretProblems(context).length === 0 && context.isKeyLost && askedSecrets(context).includes('recoveryKey'),
    secretsAreSound: ({ context }) => begunSecretProblems(context).length === 0,
    goesOnWithKey: ({ context }) => context.begunChoice === 'continue' && hasTypedKey(context),
    isReleased: ({ context }) => !context.isReleasing,
    answersAgain: ({ context, event }) =>
      !context.isReleasing && context.begunChoice === 'continue' && event.type === 'GOTO' && event.page === 'review',
    machineIsFit: ({ context }) => isFit(context),
    opensAt: ({ context }, { page }: { page: PageId }) => isFit(context) && context.opensAt === page,
    // Whatever there is to say about the file or the machine is said on the first page, and that is passed over else.
    opensUnasked: ({ context }, { page }: { page: PageId }) =>
      isFit(context) &&
      context.opensAt === page &&
      context.opening?.problems.length === 0 &&
      context.machineProblems.length === 0 &&
      context.hardware?.problems.length === 0,
    stepIsSound: ({ context }, { step }: { step: StepId }) => problemsOf(context, step).length === 0,
    isEditing: ({ context }) => context.isEditing,
    isSoundAndEditing: ({ context }, { step }: { step: StepId }) =>
      context.isEditing && problemsOf(context, step).length === 0,
    reviewIsSound: ({ context }) => context.review?.plan != null,
    reviewFails: ({ context }, { step }: { step: StepId }) =>
      context.review?.sections.find(({ problems }) => problems.length > 0)?.id === step,
    hasTypedDiskNames: ({ context }) => {
      const { hardware, review, typedDiskNames } = context
      if (!hardware || !review?.plan) return false
      return typedDiskNames.trim() === diskNamesToType(review.plan, hardware)
    },
    isPage: ({ event }, { page }: { page: PageId }) => event.type === 'GOTO' && event.page === page,
    mayReview: ({ context, event }) => !context.isReleasing && event.type === 'GOTO' && event.page === 'review',
    needsRecoveryPage: ({ context }) => context.review?.plan?.recoveryKey === true,
    hasTypedKeyGroups: ({ context }) => hasTypedKey(context),
    reviewGoesBad: ({ context }) => newReview(context)?.plan == null,
  },
  actions: {
    showProblems: assign(({ context }, { step }: { step: StepId }) => ({
      problems: { ...context.problems, [step]: problemsOf(context, step) },
    })),
    open: assign(({ context }, { page }: { page: StepId | 'review' }) => {
      const problems = page === 'review' ? [] : problemsOf(context, page)
      const isWrong = problems.some(({ code }) => code !== 'missing')
      return { opensAt: null, ...(isWrong && { problems: { ...context.problems, [page]: problems } }) }
    }),
    review: assign(({ context }) => ({ isEditing: false, review: newReview(context) })),
    startEditing: assign({ isEditing: true }),
    goOn: assign(({ context }) => ({
      begunChoice: 'continue' as const,
      hasFormatted: isFormatted({ ...context, failure: null }),
      confirmation: context.earlier?.begun.saved.confirmation ?? null,
      failure: null,
      wasCancelled: false,
      secretTexts: {},
      secretRepeats: {},
      hasTriedSecrets: false,
      isCheckingSecrets: false,
      isPassphraseWrong: false,
      isKeyWrong: false,
    })),
    // The machine is looked at again: what the earlier install held open since this boot is free then.
    startOver: assign(({ context }) => ({
      begunChoice: 'start-over' as const,
      // A file that was given by hand says more: it may hold the secrets.
      opening: context.opening ?? context.earlier?.opening ?? null,
      hardware: null,
      parts: {},
      drafts: null,
      problems: {},
      confirmation: null,
      failure: null,
      wasCancelled: false,
      secretTexts: {},
      secretRepeats: {},
    })),
    // The others were typed well, as far as anybody knows.
    forgetPassphrase: assign(({ context }) => ({
      secretTexts: { ...context.secretTexts, passphrase: '' },
      hasTriedSecrets: false,
      isCheckingSecrets: false,
      isPassphraseWrong: true,
      isKeyWrong: false,
    })),
    // Text cannot be overwritten in memory; what nobody refers to any more is gone sooner or later.
    forgetSecrets: assign(({ context: { drafts } }) => ({
      failure: null,
      wasCancelled: false,
      recoveryKey: null,
      secretTexts: {},
      secretRepeats: {},
      typedKeyGroups: ['', ''] as const,
      repeats: NO_REPEATS,
      opening: null,
      drafts: drafts && withoutSecrets(drafts),
    })),
    fail: assign(({ context, event }) => ({
      wasCancelled: false,
      ...((event.type === 'TASK_FAILED' || event.type === 'INSTALL_FAILED') && {
        failure: event.failure,
        isReleasing: event.type === 'TASK_FAILED',
      }),
      ...(context.failureLog.length === 0 && { failureLog: context.install.log.slice(-KEPT_LOG_LINES) }),
    })),
    leave: assign(({ context }, { reason }: { reason: ExitReason }) => ({
      exit: reason === 'installed' && context.isDryRun ? 'dry-run-done' : reason,
    })),
  },
})

function withoutSecrets(drafts: Drafts): Drafts {
  return {
    ...drafts,
    encryption: { ...drafts.encryption, passphrase: '', pin: '' },
    network: { ...drafts.network, wifiPassphrase: '' },
    identity: { ...drafts.identity, password: '', passwordHash: '' },
    cluster: { ...drafts.cluster, token: '' },
  }
}

/** More than the failure page shows. */
const KEPT_LOG_LINES = 20

function chooses(event: WizardEvent, choice: string): boolean {
  return event.type === 'CHOOSE_BEGUN' && event.choice === choice
}

function canContinue({ earlier }: WizardContext): boolean {
  return earlier?.begun.problems.length === 0
}

function hasTypedKey({ recoveryKey, typedKeyGroups }: WizardContext): boolean {
  return (
    recoveryKey !== null &&
    groupsToType(recoveryKey).every((at, which) => isGroup(recoveryKey, at, typedKeyGroups[which] ?? ''))
  )
}

/** Null: nothing of it can be checked yet, as a passphrase that no disk has. */
export function checkInput(context: WizardContext): CheckInput {
  const { earlier, begunChoice, secretTexts, isKeyLost } = context
  // An install that was begun by this wizard tries them itself.
  if (earlier === null || begunChoice !== 'continue') return null
  const { begun, secrets } = earlier
  const triesPassphrase = isFormatted(context) && secrets.includes('passphrase')
  const passphrase = triesPassphrase ? new Secret(secretTexts.passphrase ?? '') : null
  const typesKey = secrets.includes('recoveryKey') && !isKeyLost && begun.saved.recoveryKeyHash !== undefined
  const recoveryKey = typesKey ? readRecoveryKey(secretTexts.recoveryKey ?? '') : null
  return passphrase === null && recoveryKey === null ? null : { begun, passphrase, recoveryKey }
}

/** By the review and the typed names, or as an earlier install was confirmed. */
export function installInput(context: WizardContext): InstallInput {
  const { review, confirmation, failure, wasCancelled, recoveryKey, earlier, begunChoice } = context
  const isRetry = failure !== null || wasCancelled
  if (begunChoice === 'continue' && earlier !== null) {
    const { begun } = earlier
    const { plan, confirmation: given } = begun.saved
    return { answers: null, plan, confirmation: given, secrets: begunSecrets(context), begun, isRetry }
  }
  if (!review?.answers || !review.plan || !confirmation) return null
  const { answers, plan } = review
  const { passphrase } = context.secretTexts
  const secrets = {
    ...secretsOf(answers, recoveryKey),
    // Typed anew, because the disks did not open with that of the answers.
    ...(passphrase && { passphrase: new Secret(passphrase) }),
  }
  return { answers, plan, confirmation, secrets, begun: null, isRetry }
}

function newReview({ drafts, repeats, hardware }: WizardContext) {
  return drafts && hardware ? makeReview(drafts, repeats, hardware) : null
}

function isFit({ hardware, machineProblems, isDryRun }: WizardContext): boolean {
  return hardware !== null && (machineProblems.length === 0 || isDryRun)
}

function problemsOf(context: WizardContext, step: StepId) {
  if (!context.drafts || !context.hardware) return []
  const judged = judgeStep(step, context.drafts, context.repeats, context.hardware)
  return 'problems' in judged ? judged.problems : []
}

/** After each edit, for the pages whose problems are on the screen already. */
export function freshProblems(context: WizardContext): WizardContext['problems'] {
  const shown = Object.keys(context.problems) as StepId[]
  return Object.fromEntries(shown.map((step) => [step, problemsOf(context, step)]))
}

/** What the pages start with, once the hardware is known. */
export function startOn(context: WizardContext, hardware: Hardware): Partial<WizardContext> {
  if (context.drafts !== null) return {}
  return context.opening === null ? { drafts: openingDrafts(hardware, {}) } : openWith(context.opening, hardware)
}

/** The pages as an answer file fills them in. */
export function openWith(given: OpeningAnswers, hardware: Hardware): Partial<WizardContext> {
  const opening = withDisksOf(hardware, withMatchedDisks(given, hardware))
  const drafts = openingDrafts(hardware, opening.drafts)
  const { passphrase, pin } = drafts.encryption
  const repeats = { passphrase, pin, password: drafts.identity.password }
  return { opening, drafts, repeats, problems: {}, opensAt: firstPage(opening, drafts, repeats, hardware) }
}
