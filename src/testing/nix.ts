import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'

// The evaluator only reads files given by path; a store in memory needs no /nix and no root.
const env = { ...process.env, NIX_REMOTE: 'dummy://' }
const run = promisify(execFile)

/** True when nix-instantiate is installed. Tests that need it are skipped without it, and say so. */
export const hasNix = (() => {
  try {
    execFileSync('nix-instantiate', ['--version'], { env, stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

export const NIX_REASON = hasNix
  ? 'nix-instantiate is here'
  : 'skipped: nix-instantiate is not installed (apt-get install nix-bin)'

/** Throws with Nix's own message, which names the file and the line. */
export async function nixParse(files: readonly string[]): Promise<void> {
  await run('nix-instantiate', ['--parse', ...files], { env, maxBuffer: 64 * 2 ** 20 })
}

/** The value of a Nix file, forced to the last leaf, by way of JSON. */
export async function nixEval(file: string): Promise<unknown> {
  const { stdout } = await run('nix-instantiate', ['--eval', '--strict', '--json', file], {
    env,
    maxBuffer: 64 * 2 ** 20,
  })
  return JSON.parse(stdout)
}
