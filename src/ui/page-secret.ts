import { guessableWords } from '../credentials/secret-strength.ts'
import type { WizardState } from '../wizard/state.ts'

/** The secret that the page asks for, or none. */
export function secretOf({ page, drafts }: WizardState): string {
  if (page === 'encryption') return drafts?.encryption.passphrase ?? ''
  return page === 'identity' ? (drafts?.identity.password ?? '') : ''
}

/** What would be tried first against it. */
export function guessableWordsOf({ drafts, hardware }: WizardState): readonly string[] {
  if (drafts === null) return []
  const { hostName, userName } = drafts.identity
  return guessableWords({ hostName, userName, clusterName: drafts.cluster.name }, hardware)
}
