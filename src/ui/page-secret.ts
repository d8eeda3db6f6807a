import type { WizardState } from '../wizard/state.ts'

/** The secret that the page asks for, or none. */
export function secretOf({ page, drafts }: WizardState): string {
  if (page === 'encryption') return drafts?.encryption.passphrase ?? ''
  return page === 'identity' ? (drafts?.identity.password ?? '') : ''
}
