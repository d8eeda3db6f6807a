import { type FieldCheck, quote } from '../field.ts'

/** IEEE 802.11: an SSID has at most 32 bytes. */
const LONGEST_NAME_BYTES = 32

/** The name of a wireless network; empty for none. */
export const checkWifiName: FieldCheck = (text) => {
  if (text === '') return null
  const code = 'invalid-wifi-name'
  if (!text.isWellFormed() || /\p{C}/u.test(text)) {
    return {
      code,
      message: `the name of a wireless network has no control characters, got ${quote(text.toWellFormed())}`,
    }
  }
  const bytes = new TextEncoder().encode(text).length
  if (bytes <= LONGEST_NAME_BYTES) return null
  return { code, message: `the name of a wireless network has at most ${LONGEST_NAME_BYTES} bytes, got ${bytes}` }
}

/** WPA: 8 to 63 printable ASCII characters, or the key itself in 64 hex digits (IEEE 802.11, annex J.4). Never quoted. */
export const checkWifiPassphrase: FieldCheck = (text) => {
  if (text === '') {
    const message = 'a wireless network needs its passphrase; open networks are not supported'
    return { code: 'missing', message }
  }
  if (/^[0-9A-Fa-f]{64}$/.test(text)) return null
  const code = 'invalid-wifi-passphrase'
  if (!/^[ -~]*$/.test(text)) {
    return { code, message: 'the passphrase of a wireless network has only the signs of a US keyboard' }
  }
  if (text.length >= 8 && text.length <= 63) return null
  const message = `the passphrase of a wireless network has 8 to 63 characters, or 64 hex digits, got ${text.length}`
  return { code, message }
}
