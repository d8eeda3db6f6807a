import { isSystemError } from '../install/task-failure.ts'
import { Cancelled, CommandError, UserError } from '../system/errors.ts'
import type { Ending } from './ending.ts'

/** What was thrown, as lines for stderr, and how that ends the program. Only a mistake of ours gets a stack. */
export function describeError(error: unknown): { readonly text: string; readonly ending: Ending } {
  if (error instanceof Cancelled) return { text: 'cancelled\n', ending: 'cancelled' }
  if (error instanceof UserError) {
    const problems = error.problems.map(({ message }) => `  ${message}`)
    const steps = error.nextSteps.map((step) => `  - ${step}`)
    return { text: lines([`keystone: ${error.message}`, ...problems, ...steps]), ending: 'bad-answers' }
  }
  if (error instanceof CommandError) {
    const said = error.lastLines.map((line) => `  ${line}`)
    return { text: lines([`keystone: ${error.message}`, `  $ ${error.line}`, ...said]), ending: 'failed' }
  }
  if (isSystemError(error)) {
    return { text: lines([`keystone: the system refused: ${error.message}`]), ending: 'bad-answers' }
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { text: lines(['keystone: this is a mistake in Keystone itself, please report it', stack]), ending: 'bug' }
}

function lines(texts: readonly string[]): string {
  return texts.join('\n').concat('\n')
}
