import type { StepId } from '../model/answers.ts'
import { stepOrder, steps } from '../steps/order.ts'
import type { Drafts } from '../steps/step.ts'

export type PageId =
  | 'begun'
  | 'secrets'
  | 'welcome'
  | StepId
  | 'review'
  | 'recovery'
  | 'confirm'
  | 'install'
  | 'failed'
  | 'done'

/** The pages a person walks through before anything is changed, in order; the title bar counts these. Before the hardware is
 *  known (no drafts) it is the way with the defaults. */
export function walk(drafts: Pick<Drafts, 'encryption'> | null): readonly PageId[] {
  const hasRecoveryKey = drafts === null || (drafts.encryption.recoveryKey && drafts.encryption.unlock !== 'none')
  return ['welcome', ...stepOrder, 'review', ...(hasRecoveryKey ? (['recovery'] as const) : []), 'confirm']
}

const OTHER_TITLES: Readonly<Record<Exclude<PageId, StepId>, string>> = {
  begun: 'An earlier install',
  secrets: 'Secrets',
  welcome: 'Welcome',
  review: 'Review',
  recovery: 'Recovery key',
  confirm: 'Confirm',
  install: 'Installing',
  failed: 'Stopped',
  done: 'Done',
}

export function pageTitle(page: PageId): string {
  return isStepPage(page) ? steps[page].title : OTHER_TITLES[page]
}

export function isStepPage(page: PageId): page is StepId {
  return (stepOrder as readonly string[]).includes(page)
}
