import { Secret } from '../model/secret.ts'

/** 256 bits, as systemd-cryptenroll makes them. Source: systemd, src/shared/recovery-key.h */
const KEY_BYTES = 32
const BYTES_IN_GROUP = 4

/** Letters that are in the same place on nearly every keyboard layout, one for each hex digit. Source: the same. */
const MODHEX = 'cbdefghijklnrtuv'

/** A new recovery key: eight groups of eight modhex letters with `-` between. `random` gives that many random bytes
 *  (`crypto.randomBytes`). */
export function makeRecoveryKey(random: (bytes: number) => Uint8Array): Secret {
  const letters = Array.from(random(KEY_BYTES), (byte) => letterOf(byte >> 4) + letterOf(byte & 15))
  const groups = Array.from({ length: KEY_BYTES / BYTES_IN_GROUP }, (_, group) =>
    letters.slice(group * BYTES_IN_GROUP, (group + 1) * BYTES_IN_GROUP).join(''),
  )
  return new Secret(groups.join('-'))
}

function letterOf(digit: number): string {
  return MODHEX.charAt(digit)
}

/** Of ASCII, which is all that a key is written in. */
const [SMALL_A, SMALL_Z, CAPITAL] = [97, 122, 32]

/** What may be typed at boot, where nothing is made equal: the key as it is on paper, and in the capitals of its QR code.
 *  Each takes a key slot. Source: systemd, src/cryptsetup/cryptsetup.c, get_password */
export const recoveryKeyForms = (key: Secret): readonly [paper: Secret, qr: Secret] => [
  key,
  key.derive((bytes) => bytes.map((byte) => (byte >= SMALL_A && byte <= SMALL_Z ? byte - CAPITAL : byte))),
]

/** The eight groups of a key, in order. */
export function groupsOf(key: Secret): readonly string[] {
  return key.reveal().split('-')
}

/** The places (0 is the first group) of the two groups that are to be typed back, in order. They follow from the key, which
 *  is random: so they are as well, and stay the same while the page is left and entered again. */
export function groupsToType(key: Secret): readonly [number, number] {
  const groups = groupsOf(key)
  const count = groups.length
  const digit = (at: number) => Math.max(0, MODHEX.indexOf(groups[at]?.charAt(0) ?? ''))
  const one = digit(0) % count
  const other = (one + 1 + (digit(1) % (count - 1))) % count
  return one < other ? [one, other] : [other, one]
}

/** Whether a person has typed this group: capitals, spaces and the dash behind it do not matter. */
export function isGroup(key: Secret, at: number, typed: string): boolean {
  return typed.replace(/[\s-]/gu, '').toLowerCase() === groupsOf(key)[at]
}
