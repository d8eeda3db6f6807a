import { Secret } from '../model/secret.ts'
import { CommandError } from './errors.ts'
import type { CommandOptions, CommandResult } from './system.ts'
import { lastTraced } from './traced-command.ts'

/** How many lines of a failed program an error keeps. */
const LAST_LINES = 20

/** Gives the result back when its exit code is one of those the caller expects, else throws CommandError with the last
 *  lines of stdout and stderr together; secret stdout stays out. */
export function expectExitCode(
  command: { readonly program: string; readonly args?: readonly string[]; readonly line: string },
  result: CommandResult,
  options: CommandOptions,
  mask: (text: string) => string = (text) => text,
): CommandResult {
  if ((options.okExitCodes ?? [0]).includes(result.exitCode)) return result
  throw new CommandError({
    ...command,
    args: (command.args ?? []).map(mask),
    exitCode: result.exitCode,
    lastLines: lastLines(result, options).map(mask),
    traced: lastTraced(mask(result.stderr)),
  })
}

export function lastLines(result: Pick<CommandResult, 'stdout' | 'stderr'>, options: CommandOptions): string[] {
  const stdout = options.isSecretOutput ? '' : result.stdout
  return `${stdout}\n${result.stderr}`
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
    .slice(-LAST_LINES)
}

/** What goes to the program's stdin; undefined when it shall find it closed. A secret as bytes: a string of it would stay. */
export function stdinOf(options: CommandOptions): string | Uint8Array | undefined {
  return options.stdin instanceof Secret ? options.stdin.bytes() : options.stdin
}
