import { encode } from 'uqr'
import type { QrCode } from './qr-lines.ts'

/** Light modules on each side, without which a camera does not find it. Source: ISO/IEC 18004, "quiet zone". */
const QUIET_ZONE = 4

/** A screen has no dirt and no folds: the lowest error correction does, and gives the smallest picture. Capital letters, digits
 *  and `-` take a third less room than others. */
export function makeQrCode(text: string): QrCode {
  return encode(text, { ecc: 'L', border: QUIET_ZONE }).data
}
