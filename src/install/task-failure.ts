import { diagnose } from '../failures/diagnose.ts'
import { type FactsBefore, readFacts } from '../failures/read-facts.ts'
import { signatureOf } from '../failures/signature.ts'
import type { TaskFailure } from '../model/event.ts'
import type { MachineFacts } from '../model/failure.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { Bug, CommandError, UserError } from '../system/errors.ts'
import type { System } from '../system/system.ts'
import type { SequenceEntry } from './sequences.ts'

type Entry = Pick<SequenceEntry, 'id' | 'title' | 'nextSteps'>

/** The same with its cause, for which it looks at the machine: to be asked before anything is undone. Takes a few seconds at
 *  most, changes nothing and never throws. */
export async function explainFailure(
  entry: Entry,
  error: unknown,
  to: {
    readonly system: System
    readonly plan: Plan
    readonly mask: (text: string) => string
    readonly before: FactsBefore
  },
): Promise<TaskFailure> {
  // What is ours has nothing to do with the machine.
  const facts = isBug(error) ? null : await readFacts(to.system, to.plan, to.before)
  return toTaskFailure(entry, error, to.mask, facts)
}

/** An error in a task, in words for the failure screen. `mask` takes secrets out of whatever a program printed. With `facts`
 *  and a cause in the catalogue, the cause is the message, and what to do about it comes in place of the general advice. */
export function toTaskFailure(
  entry: Entry,
  error: unknown,
  mask: (text: string) => string,
  facts: MachineFacts | null = null,
): TaskFailure {
  const found = facts === null ? null : diagnose(signatureOf(entry.id, error), facts)
  const command = findCause(error, (cause) => cause instanceof CommandError)
  const own = error instanceof UserError ? error.nextSteps : []
  const problems = error instanceof UserError ? error.problems : []
  const diagnosis = found && { ...found, cause: mask(found.cause), remedy: found.remedy.map(mask) }
  return {
    task: entry.id,
    message: diagnosis?.cause ?? mask(messageOf(error)),
    nextSteps: [...new Set([...(diagnosis?.remedy ?? []), ...own, ...(diagnosis ? [] : entry.nextSteps)])],
    ...(diagnosis && { diagnosis }),
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
