import type { Plan } from '../model/plan.ts'
import { hashOf } from './hash.ts'

/** sha256 (hex) of what was answered, whichever disks it came to: where a disk has failed or was added, the same answers make
 *  another plan. */
export function answersHashOf({ hash: _, hostId: _disks, storage, ...content }: Plan): string {
  const { layout, isEncrypted, espBytes, swapBytes, swapKind, dataPool } = storage
  const wanted = { layout, isEncrypted, espBytes, swapBytes, swapKind, dataPool: dataPool?.layout ?? null }
  return hashOf({ ...content, storage: wanted })
}
