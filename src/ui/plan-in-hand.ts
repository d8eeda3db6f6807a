import type { Plan } from '../model/plan.ts'
import type { WizardState } from '../wizard/state.ts'

/** The plan that is, or will be, installed: of the earlier install when that goes on, else of the review. */
export function planInHand({ begunChoice, earlier, review }: WizardState): Plan | null {
  return begunChoice === 'continue' ? (earlier?.begun.saved.plan ?? null) : (review?.plan ?? null)
}
