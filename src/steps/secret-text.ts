import type { Problem } from '../model/problem.ts'

const WORDS = {
  passphrase: { code: 'passphrases-differ', message: 'the two passphrases differ' },
  pin: { code: 'pins-differ', message: 'the two PINs differ' },
  password: { code: 'passwords-differ', message: 'the two passwords differ' },
} as const

/** The problem of two entries of a secret that differ, or null. The answer file has no second entry, so this is no part of
 *  a schema. `path` is the field's, e.g. `['encryption', 'passphrase']`. */
export function repeatedSecretProblem(
  secret: keyof typeof WORDS,
  first: string,
  again: string,
  path: Problem['path'],
): Problem | null {
  return first === again ? null : { ...WORDS[secret], path, hint: 'type both again' }
}
