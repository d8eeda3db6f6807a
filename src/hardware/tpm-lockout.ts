import type { Unknown } from '../model/hardware.ts'

/** TPM2_GetCapability for the one property TPM_PT_PERMANENT: it only asks. Source: TCG, TPM 2.0 Library, part 3, "30.2
 *  TPM2_GetCapability" and part 2, "6.13 TPM_PT". */
export const ASK_PERMANENT = Uint8Array.of(
  ...[0x80, 0x01], // TPM_ST_NO_SESSIONS
  ...[0, 0, 0, 22], // length of the command
  ...[0, 0, 0x01, 0x7a], // TPM_CC_GetCapability
  ...[0, 0, 0, 0x06], // TPM_CAP_TPM_PROPERTIES
  ...[0, 0, 0x02, 0x00], // TPM_PT_PERMANENT
  ...[0, 0, 0, 1], // one of them
)
/** Head (10), more data (1), capability (4), count (4), property (4), value (4). */
export const ANSWER_BYTES = 27
/** TPMA_PERMANENT, bit 9. Source: TCG, TPM 2.0 Library, part 2, "8.6 TPMA_PERMANENT". */
const IN_LOCKOUT = 1 << 9

/** The answer of the TPM -> whether it refuses PINs now; 'unknown' for anything that is not exactly that answer. */
export function parseLockout(answer: Uint8Array | null): boolean | Unknown {
  if (answer === null || answer.length !== ANSWER_BYTES) return 'unknown'
  const view = new DataView(answer.buffer, answer.byteOffset, answer.length)
  const isAnswer =
    view.getUint16(0) === 0x8001 &&
    view.getUint32(2) === ANSWER_BYTES &&
    view.getUint32(6) === 0 && // TPM_RC_SUCCESS
    view.getUint32(11) === 6 &&
    view.getUint32(15) === 1 &&
    view.getUint32(19) === 0x200
  return isAnswer ? (view.getUint32(23) & IN_LOCKOUT) !== 0 : 'unknown'
}
