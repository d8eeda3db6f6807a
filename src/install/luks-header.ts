import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'

/** What opens a LUKS2 device: the tokens' types, `systemd-tpm2`, `systemd-recovery`, and how many key slots there are. */
export type LuksHeader = { readonly tokens: readonly string[]; readonly keyslots: number }

/** Null when there is no readable LUKS2 header, as in a dry run. Shape: cryptsetup docs/on-disk-format-luks2.pdf */
export async function readLuksHeader(system: System, device: string): Promise<LuksHeader | null> {
  const { exitCode, stdout } = await system.query(
    programs.cryptsetup,
    ['luksDump', '--dump-json-metadata', device],
    // 1 not LUKS2 or not allowed, 4 no such device: nothing to read, and that is an answer.
    { okExitCodes: [0, 1, 4] },
  )
  return exitCode === 0 ? parseLuksHeader(stdout) : null
}

export function parseLuksHeader(json: string): LuksHeader | null {
  try {
    const header = JSON.parse(json) as { tokens?: Record<string, { type?: unknown }>; keyslots?: object }
    const tokens = Object.values(header.tokens ?? {}).map((token) => String(token.type))
    return { tokens, keyslots: Object.keys(header.keyslots ?? {}).length }
  } catch {
    return null
  }
}
