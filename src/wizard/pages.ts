import type { StepId } from '../model/answers.ts'
import { stepOrder, steps } from '../steps/order.ts'

export type PageId = 'welcome' | StepId | 'review' | 'confirm' | 'install' | 'failed' | 'done'

/** The pages a person walks through before anything is changed, in order; the title bar counts these. */
export const walk: readonly PageId[] = ['welcome', ...stepOrder, 'review', 'confirm']

const OTHER_TITLES: Readonly<Record<Exclude<PageId, StepId>, string>> = {
  welcome: 'Welcome',
  review: 'Review',
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
