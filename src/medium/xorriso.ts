import { CommandError, UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { CommandOptions, CommandResult, System } from '../system/system.ts'

/** No settings of this machine's or this user's; the first failure ends it, and is an exit code. */
const STRICT = ['-no_rc', '-abort_on', 'FAILURE', '-return_with', 'SORRY', '32']

/** Without `stdio:` a path below /dev would be taken for a burner. */
export const asImage = (path: string) => `stdio:${path}`

/** The content of a file on the image, `/keystone/answers.yaml`; null when it is not there. */
export async function readFromImage(system: System, iso: string, path: string): Promise<string | null> {
  const load = [...STRICT, '-indev', asImage(iso)]
  const depth = String(path.split('/').length - 1)
  const found = await withXorriso(() =>
    system.query(programs.xorriso, [...load, '-find', '/', '-maxdepth', depth, '-wholename', path, '-type', 'f']),
  )
  // It quotes names as a shell would.
  if (!found.stdout.split('\n').includes(`'${path}'`)) return null
  const { stdout } = await withXorriso(() =>
    system.query(programs.xorriso, [...load, '-osirrox', 'on', '-concat', 'append', '-', path, '--'], {
      isSecretOutput: true,
    }),
  )
  return stdout
}

/** Runs xorriso to change an image. */
export function runXorriso(system: System, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return withXorriso(() => system.run(programs.xorriso, [...STRICT, ...args], options))
}

async function withXorriso<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    if (!(cause instanceof CommandError) || !cause.isMissing) throw cause
    throw new UserError('xorriso is needed to read and write ISO images, and it is not installed here', {
      nextSteps: ['on Debian or Ubuntu: apt install xorriso', 'on NixOS: nix shell nixpkgs#xorriso'],
      cause,
    })
  }
}
