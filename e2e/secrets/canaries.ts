import type { InstallSecrets } from '../../src/model/install-secrets.ts'
import { CANARY_PASSPHRASE, CANARY_PASSWORD, CANARY_PIN } from '../install/canary.ts'

/** A secret that occurs nowhere else in the world, so that any hit is a leak. */
export type Canary = { readonly field: keyof InstallSecrets; readonly value: string }
/** What is looked for: one way to write one canary. */
export type Needle = { readonly label: string; readonly bytes: Uint8Array }

/** As the answer file takes them; a password and its hash exclude each other, so no install has all. */
export const CANARY_HASH = '$y$j9T$Kanarie0hash0Salt0x4$Kanarie1hash2Value3Kanarie4hash5Value6Kanar'
export const CANARY_WIFI = 'Kanarie-wifi "$x#\\ 3Rk8pq'
export const CANARY_TOKEN = 'kanari.7e0token4canary9'

/** Of the seven secret fields, all but the recovery key: that one is made by the install. */
const GIVEN: readonly Canary[] = [
  { field: 'passphrase', value: CANARY_PASSPHRASE },
  { field: 'pin', value: CANARY_PIN },
  { field: 'password', value: CANARY_PASSWORD },
  { field: 'passwordHash', value: CANARY_HASH },
  { field: 'wifiPassphrase', value: CANARY_WIFI },
  { field: 'joinToken', value: CANARY_TOKEN },
]

/** `recoveryKey`: as the install showed it; it is looked for on paper's form, in the capitals of its QR code, and without its dashes. */
export function canaries(recoveryKey: string | null): readonly Canary[] {
  if (recoveryKey === null) return GIVEN
  const forms = [recoveryKey, recoveryKey.toUpperCase(), recoveryKey.replaceAll('-', '')]
  return [...GIVEN, ...forms.map((value): Canary => ({ field: 'recoveryKey', value }))]
}

/** Every way in which a value may stand somewhere: plain, base64 (its three alignments inside of something longer), hex, and
 *  as JSON, Nix, a shell and a URL escape it. */
export function needlesOf(list: readonly Canary[]): readonly Needle[] {
  const found = new Map<string, Needle>()
  for (const { field, value } of list) {
    for (const [form, text] of formsOf(value)) {
      if (!found.has(text)) found.set(text, { label: `${field}:${form}`, bytes: Buffer.from(text) })
    }
  }
  return [...found.values()]
}

function formsOf(value: string): readonly (readonly [form: string, text: string])[] {
  const bytes = Buffer.from(value)
  const json = JSON.stringify(value).slice(1, -1)
  const base64 = [0, 1, 2].map((shift) => inBase64(bytes, shift))
  return [
    ['plain', value],
    ...base64.map((text, shift) => [`base64 at ${shift}`, text] as const),
    ...base64.map((text, shift) => [`base64url at ${shift}`, text.replaceAll('+', '-').replaceAll('/', '_')] as const),
    ['hex', bytes.toString('hex')],
    ['HEX', bytes.toString('hex').toUpperCase()],
    ['JSON', json],
    ['Nix', json.replaceAll('$', '\\$')],
    ["Nix ''", value.replaceAll("''", "'''").replaceAll('${', "''${")],
    ['shell', value.replaceAll("'", "'\\''")],
    ['URL', encodeURIComponent(value)],
    ['UTF-16', bytes.toString('latin1').split('').join('\0')],
  ]
}

/** The characters that depend on the value alone, when so many bytes stand before it and any behind. */
function inBase64(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  const from = Math.ceil((shift * 8) / 6)
  const to = Math.floor(((shift + bytes.length) * 8) / 6)
  return text.slice(from, to)
}
