import type { TaskId } from '../model/event.ts'
import type { FailureSignature } from '../model/failure.ts'
import { CommandError, UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'

/** An error of a task, with what caused it, as fields that can be compared. Words of a program or of ours are not among them. */
export function signatureOf(task: TaskId, error: unknown): FailureSignature {
  const chain = causes(error)
  const commands = chain.filter((cause) => cause instanceof CommandError)
  // An outer error knows more about what the program was for; the one it wraps, how it ended.
  const [command] = commands
  const first = <Value>(of: (command: CommandError) => Value | null): Value | null =>
    commands.map(of).find((value) => value !== null) ?? null
  const traced = first(({ traced }) => (traced.length > 0 ? traced : null))
  const args = first(({ args }) => (args.length > 0 ? args : null)) ?? []
  return {
    task,
    program: command?.program ?? null,
    action: actionOf(args),
    exitCode: command?.exitCode ?? null,
    signal: first(({ signal }) => signal),
    timedOut: commands.some(({ timedOut }) => timedOut),
    errno: commands.some(({ isMissing }) => isMissing) ? 'ENOENT' : errnoOf(chain),
    stage: first(({ stage }) => stage),
    // Other programs are no shell scripts: a line of theirs that begins with a plus sign is no trace.
    inner: command?.program === programs.disko && traced !== null ? innerOf(traced) : null,
    nix: first(({ nix }) => nix),
    problems: chain.flatMap((cause) => (cause instanceof UserError ? cause.problems.map(({ code }) => code) : [])),
  }
}

function innerOf([path = '', ...args]: readonly string[]): FailureSignature['inner'] {
  return { program: path.slice(path.lastIndexOf('/') + 1), action: actionOf(args) }
}

const actionOf = (args: readonly string[]): string | null => args.find((word) => !word.startsWith('-')) ?? null

function causes(error: unknown): readonly Error[] {
  const chain: Error[] = []
  for (let cause = error; cause instanceof Error && !chain.includes(cause); cause = cause.cause) chain.push(cause)
  return chain
}

function errnoOf(chain: readonly Error[]): string | null {
  const failed = chain.find((cause) => 'code' in cause && 'syscall' in cause)
  return failed && 'code' in failed && typeof failed.code === 'string' ? failed.code : null
}
