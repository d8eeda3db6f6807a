import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import type { System } from '../system/system.ts'

const SIGNATURE = 'EFI PART'

/** Disks whose second partition table is not in their last sector. A disk that claims more than it has takes every write and
 *  forgets those behind its end: the first that is missed is this one. Source: UEFI specification 2.11, 5.3.2. Nothing is
 *  said of a disk that gives nothing to read, as in a dry run. */
export async function findLostTables(system: System, { storage }: Plan): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const { id, sizeBytes, logicalSectorBytes } of storage.disks) {
    const path = await system.realPath(id)
    if (path === null) continue
    const bytes = await system.readBytes(path, { start: sizeBytes - logicalSectorBytes, length: SIGNATURE.length })
    if (bytes?.length === 0 || (bytes && new TextDecoder('latin1').decode(bytes) === SIGNATURE)) continue
    problems.push({
      code: 'disk-smaller-than-it-says',
      path: ['disk', 'devices', id],
      message: `the disk ${id} does not keep what is written to its end: it is smaller than it says, or it is broken`,
      hint: 'choose another disk',
    })
  }
  return problems
}
