import type { Problem } from '../model/problem.ts'

/** The problem of two entries of a secret that differ, or null. The answer file has no second entry, so this is no part of
 *  a schema. `path` is the field's, e.g. `['encryption', 'passphrase']`. */
export function repeatedSecretProblem(first: string, again: string, path: Problem['path']): Problem | null {
  if (first === again) return null
  const isPassphrase = path.at(-1) === 'passphrase'
  return {
    code: isPassphrase ? 'passphrases-differ' : 'passwords-differ',
    path,
    message: isPassphrase ? 'the two passphrases differ' : 'the two passwords differ',
    hint: 'type both again',
  }
}
