import { spawnSync } from 'node:child_process'

/** What stands for a failed evaluation; the message is nix's own. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError'
}

/** Evaluates a Nix expression with the real evaluator and gives the JSON value. The dummy store keeps it from writing
 *  anything to /nix, and refuses what would have to be built. */
export function evaluate(expression: string): unknown {
  const args = ['--eval', '--strict', '--json', '--store', 'dummy://', '--expr', expression]
  const result = spawnSync('nix-instantiate', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (result.error) throw result.error
  if (result.status !== 0) throw new EvaluationError(result.stderr.trim())
  return JSON.parse(result.stdout)
}

/** A string as a Nix literal. */
export function nixString(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '\\$').replaceAll('\n', '\\n')}"`
}
