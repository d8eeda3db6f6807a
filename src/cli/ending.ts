import type { InstallOutcome } from '../install/install-request.ts'

/** How a command ended; cli.ts gives each its exit code. */
export type Ending = 'done' | 'bad-answers' | 'machine-unfit' | 'failed' | 'bug' | 'cancelled'

export function endingOf(outcome: InstallOutcome): Ending {
  if (outcome.status === 'installed') return 'done'
  if (outcome.status === 'cancelled') return 'cancelled'
  if (outcome.isBug) return 'bug'
  // Preflight only looks: what it finds is in the way of every install here.
  return outcome.failure.task === 'preflight' ? 'machine-unfit' : 'failed'
}
