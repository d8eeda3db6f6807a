import type { TaskFailure } from '../model/event.ts'
import type { Problem } from '../model/problem.ts'
import { Bug, CommandError, UserError } from '../system/errors.ts'
import type { SequenceEntry } from './sequences.ts'

/** An error in a task, in words for the failure screen. `mask` takes secrets out of whatever a program printed. */
export function toTaskFailure(
  entry: Pick<SequenceEntry, 'id' | 'title' | 'nextSteps'>,
  error: unknown,
  mask: (text: string) => string,
): TaskFailure {
  const command = findCause(error, (cause) => cause instanceof CommandError)
  const own = error instanceof UserError ? error.nextSteps : []
  const problems = error instanceof UserError ? error.problems : []
  return {
    task: entry.id,
    message: mask(messageOf(error)),
    nextSteps: [...own, ...entry.nextSteps],
    ...(command && {
      command: { line: command.line, exitCode: command.exitCode, lastLines: command.lastLines.map(mask) },
    }),
    problems: problems.map((problem) => ({ ...problem, message: mask(problem.message) })),
  }
}

/** What a task's verify found, as the error it is. */
export function failedVerification(
  entry: Pick<SequenceEntry, 'id' | 'title'>,
  problems: readonly Problem[],
): UserError {
  const hints = [...new Set(problems.flatMap(({ hint }) => (hint === undefined ? [] : [hint])))]
  const message =
    entry.id === 'preflight'
      ? 'this machine is not ready for the installation'
      : `"${entry.title}" ended, but the result is not as it should be`
  return new UserError(message, { problems, nextSteps: hints })
}

/** Ours, and not the machine's or the person's: it needs a stack, and exit code 70. */
export function isBug(error: unknown): boolean {
  return error instanceof Bug || !(error instanceof UserError || error instanceof CommandError || isSystemError(error))
}

function messageOf(error: unknown): string {
  if (error instanceof UserError || error instanceof CommandError) return error.message
  if (isSystemError(error)) return `the system refused: ${error.message}`
  return `this is a mistake in Keystone itself: ${error instanceof Error ? error.message : String(error)}`
}

/** A full disk, a missing right: what node throws for a failed system call. */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && 'syscall' in error
}

function findCause<Found extends Error>(error: unknown, test: (error: unknown) => error is Found): Found | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (test(cause)) return cause
  return null
}
