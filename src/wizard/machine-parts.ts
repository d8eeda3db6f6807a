import { assign, type EventObject, fromCallback, setup } from 'xstate'
import type { OpeningAnswers } from '../answers/opening-answers.ts'
import { withMatchedDisks } from '../answers/opening-disks.ts'
import { groupsToType, isGroup } from '../credentials/recovery-key.ts'
import type { StepId } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Secret } from '../model/secret.ts'
import type { Drafts } from '../steps/step.ts'
import { firstPage, openingDrafts, withDisksOf } from './opening.ts'
import type { PageId } from './pages.ts'
import { diskNamesToType, judgeStep, makeReview } from './review.ts'
import type { ExitReason, InstallRequest, Repeats, WizardEvent, WizardState } from './state.ts'

export type WizardContext = Omit<WizardState, 'page' | 'overlay'>
export type WizardInput = {
  readonly isDryRun: boolean
  readonly recoveryKey: Secret
  readonly drafts?: Drafts
  readonly repeats?: Repeats
  readonly opening?: OpeningAnswers
}
/** What the install actor starts from; it adds the signal and the callbacks itself. */
export type InstallInput = Pick<InstallRequest, 'answers' | 'plan' | 'confirmation' | 'secrets' | 'resume'> | null

/** The parts the chart is made of: what may happen when, and what follows. */
export const wizard = setup({
  types: { context: {} as WizardContext, events: {} as WizardEvent, input: {} as WizardInput },
  actors: {
    // Without I/O: `createWizard` provides the real ones, and the chart can be walked without any.
    detect: fromCallback<EventObject>(() => {}),
    install: fromCallback<EventObject, InstallInput>(() => {}),
  },
  guards: {
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
    needsRecoveryPage: ({ context }) => context.review?.plan?.recoveryKey === true,
    hasTypedKeyGroups: ({ context: { recoveryKey, typedKeyGroups } }) =>
      recoveryKey !== null &&
      groupsToType(recoveryKey).every((at, which) => isGroup(recoveryKey, at, typedKeyGroups[which] ?? '')),
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
    leave: assign(({ context }, { reason }: { reason: ExitReason }) => ({
      exit: reason === 'installed' && context.isDryRun ? 'dry-run-done' : reason,
    })),
  },
})

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
