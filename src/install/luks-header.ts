import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'

export type LuksToken = {
  readonly id: number
  /** `systemd-tpm2`, `systemd-recovery` */
  readonly type: string
  readonly keyslots: readonly number[]
  /** Of a TPM token: the registers it is bound to, and whether it wants a PIN. */
  readonly pcrs: readonly number[]
  readonly hasPin: boolean
}

/** What opens a LUKS2 device. */
export type LuksHeader = { readonly tokens: readonly LuksToken[]; readonly keyslots: readonly number[] }

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

type RawToken = { type?: unknown; keyslots?: unknown[]; 'tpm2-pcrs'?: unknown[]; 'tpm2-pin'?: unknown }

export function parseLuksHeader(json: string): LuksHeader | null {
  try {
    const header = JSON.parse(json) as { tokens?: Record<string, RawToken>; keyslots?: object }
    const tokens = Object.entries(header.tokens ?? {}).map(([id, token]) => ({
      id: Number(id),
      type: String(token.type),
      keyslots: (token.keyslots ?? []).map(Number),
      pcrs: (token['tpm2-pcrs'] ?? []).map(Number),
      hasPin: token['tpm2-pin'] === true,
    }))
    return { tokens, keyslots: Object.keys(header.keyslots ?? {}).map(Number) }
  } catch {
    return null
  }
}
