import { spawnSync } from 'node:child_process'

/** A word for bash, always in single quotes. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** Runs bash on a script file's path or on `-c` text with our own stdin, stdout and stderr; gives the exit code. */
export function bash(args: readonly string[], environment: Readonly<Record<string, string>> = {}): number {
  const result = spawnSync('bash', [...args], { stdio: 'inherit', env: { ...process.env, ...environment } })
  if (result.error) throw result.error
  return result.status ?? 1
}
