import { within } from '../failures/within.ts'
import type { Disk } from '../model/hardware.ts'
import type { PlannedDisk } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { formatSize, MIB } from '../model/size.ts'
import type { System } from '../system/system.ts'

/** Longer than the kernel waits for one answer of a disk. */
const READ_MS = 60_000

/** The first and the last MiB are read: a disk that is dying, or that claims to be larger than it is, shows itself while
 *  nothing is erased yet. */
export async function findUnreadable(
  system: System,
  { id, sizeBytes }: PlannedDisk,
  target: Pick<Disk, 'path' | 'sizeBytes'> | null,
): Promise<readonly Problem[]> {
  // Another disk than planned is told by the comparison.
  if (target === null || target.sizeBytes !== sizeBytes) return []
  const path = ['disk', 'devices', id]
  const canRead = async (start: number) => {
    const range = { start, length: Math.min(MIB, sizeBytes) }
    return (await within(READ_MS, () => system.readBytes(target.path, range))) !== null
  }
  const hint = 'check its cable and its power, or choose another disk'
  if (!(await canRead(0))) {
    return [{ code: 'disk-unreadable', path, message: `the disk ${id} cannot be read at its beginning`, hint }]
  }
  if (await canRead(Math.max(0, sizeBytes - MIB))) return []
  const message = `the disk ${id} says it has ${formatSize(sizeBytes)} (${sizeBytes} bytes), but it cannot be read at its end`
  return [{ code: 'disk-smaller-than-it-says', path, message, hint }]
}
