import { createHash } from 'node:crypto'

// Nix's base 32: no e, o, t, u.
const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'

/** A path like Nix's, made from the content: the same content gives the same path. */
export function storePath(content: string, name: string): string {
  const bytes = createHash('sha256').update(content).digest()
  const hash = Array.from(bytes.subarray(0, 32), (byte) => DIGITS[byte % 32]).join('')
  return `/nix/store/${hash}-${name}`
}
