import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addSource } from './lab-store.ts'

export class SourceError extends Error {
  override readonly name = 'SourceError'
}

function git(flake: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', ['-C', flake, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new SourceError(`${stderr.trim()}`)
  return stdout
}

/** What nix takes of a flake in git: the files that git knows, as they lie there now. Copies them into the store, as nix
 *  does; gives the store path. A file that was never added is not in it.
 *  @throws SourceError when the folder is no git repository or has no flake. */
export function copySource(flake: string, store: string): string {
  if (!existsSync(join(flake, '.git'))) throw new SourceError(`'${flake}' is not a Git repository`)
  const known = git(flake, ['ls-files', '-z']).split('\0')
  const files = known.filter((name) => name !== '' && existsSync(join(flake, name)))
  if (!files.includes('flake.nix')) {
    throw new SourceError(`path '${flake}/flake.nix' does not exist or is not tracked by Git`)
  }
  return addSource(
    store,
    files.map((name) => [name, readFileSync(join(flake, name))] as const),
  )
}

/** nix writes down which versions it took where the flake does not say so yet, and tells git that the file exists.
 *  @throws SourceError when there is no lock file and none may be written. */
export function lockInputs(flake: string, mayLock: boolean): void {
  const lock = join(flake, 'flake.lock')
  if (existsSync(lock)) return
  if (!mayLock) {
    throw new SourceError(
      `flake 'git+file://${flake}' requires lock file changes but they're not allowed due to '--no-update-lock-file'`,
    )
  }
  writeFileSync(lock, `${JSON.stringify({ nodes: { root: {} }, root: 'root', version: 7 }, null, 2)}\n`)
  git(flake, ['add', '--intent-to-add', '--', 'flake.lock'])
}
