import { assign, type EventObject, fromCallback, setup } from 'xstate'
import type { StepId } from '../model/answers.ts'
import { steps } from '../steps/order.ts'
import type { Drafts } from '../steps/step.ts'
import type { PageId } from './pages.ts'
import { diskNamesToType, judgeStep, makeReview } from './review.ts'
import type { ExitReason, InstallRequest, Repeats, WizardEvent, WizardState } from './state.ts'

export type WizardContext = Omit<WizardState, 'page' | 'overlay'>
export type WizardInput = { readonly isDryRun: boolean; readonly drafts?: Drafts; readonly repeats?: Repeats }
/** What the install actor starts from; it adds the signal and the callbacks itself. */
export type InstallInput = Pick<InstallRequest, 'answers' | 'plan' | 'confirmation' | 'resume'> | null

/** The parts the chart is made of: what may happen when, and what follows. */
export const wizard = setup({
  types: { context: {} as WizardContext, events: {} as WizardEvent, input: {} as WizardInput },
  actors: {
    // Without I/O: `createWizard` provides the real ones, and the chart can be walked without any.
    detect: fromCallback<EventObject>(() => {}),
    install: fromCallback<EventObject, InstallInput>(() => {}),
  },
  guards: {
    machineIsFit: ({ context }) =>
      context.hardware !== null && (context.machineProblems.length === 0 || context.isDryRun),
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
    recoveryKeyIsKept: ({ context }) => context.recoveryKey === null,
  },
  actions: {
    showProblems: assign(({ context }, { step }: { step: StepId }) => ({
      problems: { ...context.problems, [step]: problemsOf(context, step) },
    })),
    review: assign(({ context }) => ({
      isEditing: false,
      review: context.drafts && context.hardware ? makeReview(context.drafts, context.repeats, context.hardware) : null,
    })),
    startEditing: assign({ isEditing: true }),
    leave: assign(({ context }, { reason }: { reason: ExitReason }) => ({
      exit: reason === 'installed' && context.isDryRun ? 'dry-run-done' : reason,
    })),
  },
})

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

export function defaultDrafts(hardware: WizardContext['hardware'] & {}): Drafts {
  return {
    disk: steps.disk.defaults(hardware),
    encryption: steps.encryption.defaults(hardware),
    network: steps.network.defaults(hardware),
    identity: steps.identity.defaults(hardware),
    cluster: steps.cluster.defaults(hardware),
  }
}
