/** Text that came from a device or a disk, ready to be shown: nothing in it moves a cursor, breaks a line or turns the writing
 *  around. What could is shown as the sign for an unreadable character. Null when nothing is left. */
export function plainText(value: string): string | null {
  const clean = value
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
    .trim()
  return clean === '' ? null : clean
}
