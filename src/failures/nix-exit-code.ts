/** Exit codes of nix between 96 and 111 are a bit for each kind of failure, several of them after --keep-going. Source: Nix
 *  manual, nix-store --realise, "Special exit codes for build failure". */
const SPECIAL = 0x60
const BITS = { timedOut: 1, hashMismatch: 2, buildFailed: 4, notDeterministic: 8 } as const

export type NixEnding = keyof typeof BITS

export function nixEnded(exitCode: number | null, how: NixEnding): boolean {
  return exitCode !== null && (exitCode & ~0x0f) === SPECIAL && (exitCode & BITS[how]) !== 0
}
