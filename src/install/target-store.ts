import { TARGET_ROOT } from '../model/paths.ts'
import { CommandError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import { onTarget } from './target-mounts.ts'

/** Nix calls a path valid before its files are on the disk, and after a power cut they would be empty: NixOS/nix#1218. Since
 *  Nix 2.25; an older one passes it over. */
export const ON_THE_DISK: readonly string[] = ['--option', 'fsync-store-paths', 'true']

const DATABASE = onTarget('/nix/var/nix/db')

/** Does every path that the target's store calls valid have the content it should have? Reads all of it. */
export async function isStoreSound(system: System): Promise<boolean> {
  try {
    await system.query(programs.nix, [
      'store',
      'verify',
      '--extra-experimental-features',
      'nix-command flakes',
      '--store',
      TARGET_ROOT,
      '--all',
      '--no-trust',
    ])
    return true
  } catch (error) {
    // 1, 2 and 4: paths that are wrong; anything else: a database that cannot be read. Both are no store to build on.
    if (error instanceof CommandError && !error.isMissing) return false
    throw error
  }
}

/** After an install was cut off while it filled the store: what it calls valid and is not would never be fetched again. With
 *  its database gone Nix takes nothing for granted; whatever is whole on the live system is copied from there. */
export async function forgetTornPaths(system: System, log: (line: string) => void): Promise<void> {
  if (!(await system.exists(DATABASE)) || (await isStoreSound(system))) return
  log('the store of the target was torn when the install was cut off; it is filled again')
  await system.run(programs.rm, ['-r', '-f', '--one-file-system', DATABASE])
}
