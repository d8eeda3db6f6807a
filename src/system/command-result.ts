import { Secret } from '../model/secret.ts'
import { CommandError } from './errors.ts'
import type { CommandOptions, CommandResult } from './system.ts'

/** How many lines of a failed program an error keeps. */
const LAST_LINES = 20

/** Gives the result back when its exit code is one of those the caller expects, else throws CommandError with the last
 *  lines of stdout and stderr together; secret stdout stays out. */
export function expectExitCode(
  command: { readonly program: string; readonly line: string },
  result: CommandResult,
  options: CommandOptions,
  mask: (text: string) => string = (text) => text,
): CommandResult {
  if ((options.okExitCodes ?? [0]).includes(result.exitCode)) return result
  throw new CommandError({ ...command, exitCode: result.exitCode, lastLines: lastLines(result, options).map(mask) })
}

export function lastLines(result: Pick<CommandResult, 'stdout' | 'stderr'>, options: CommandOptions): string[] {
  const stdout = options.isSecretOutput ? '' : result.stdout
  return `${stdout}\n${result.stderr}`
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
    .slice(-LAST_LINES)
}

/** What goes to the program's stdin; undefined when it shall find it closed. */
export function stdinText(options: CommandOptions): string | undefined {
  return options.stdin instanceof Secret ? options.stdin.reveal() : options.stdin
}
