import type { DiskFact } from '../model/failure.ts'
import type { Plan } from '../model/plan.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import { within } from './within.ts'

/** Unit of /sys/class/block/<disk>/size: 512 even on 4Kn disks. Source: Linux, include/linux/types.h. */
const SYSFS_SECTOR_BYTES = 512
const READ_BYTES = 2 ** 20
const BLOCK_DEVICES = '/sys/class/block'

/** The plan's disks as they are now; none where the system does not tell its disks at all. `hasHung`: one did not answer. */
export async function readDiskFacts(
  system: System,
  plan: Plan,
  limitMs: number,
): Promise<{ readonly disks: readonly DiskFact[]; readonly hasHung: boolean }> {
  if ((await system.listDirectory(BLOCK_DEVICES)) === null) return { disks: [], hasHung: false }
  const names = await findNames(system, plan, limitMs)
  const disks: DiskFact[] = []
  const deadline = performance.now() + limitMs
  let hasHung = false
  for (const { id } of plan.storage.disks) {
    const name = names.get(id)
    if (name === undefined) {
      disks.push({ id, isPresent: false, sizeBytes: null, isReadable: null })
      continue
    }
    const sectors = Number((await system.readText(`${BLOCK_DEVICES}/${name}/size`)) ?? Number.NaN)
    const sizeBytes = Number.isSafeInteger(sectors) && sectors > 0 ? sectors * SYSFS_SECTOR_BYTES : null
    const leftMs = deadline - performance.now()
    let isReadable: boolean | null = null
    if (!hasHung && sizeBytes !== null && leftMs > 0) {
      isReadable = await within(leftMs, () => canRead(system, `/dev/${name}`, sizeBytes))
      hasHung = isReadable === null
    }
    disks.push({ id, isPresent: true, sizeBytes, isReadable })
  }
  return { disks, hasHung }
}

/** Kernel names by id. While udev reads a partition table again its links are gone for a moment, so one that is missing is
 *  looked for twice. */
async function findNames(system: System, plan: Plan, limitMs: number): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  const look = async () => {
    for (const { id } of plan.storage.disks) {
      const path = await system.realPath(id)
      const name = path?.startsWith('/dev/') ? path.slice('/dev/'.length) : null
      if (name !== null && (await system.exists(`${BLOCK_DEVICES}/${name}`))) names.set(id, name)
    }
  }
  await look()
  if (names.size === plan.storage.disks.length) return names
  await within(limitMs, () => system.query(programs.udevadm, ['settle', '--timeout=2'], { okExitCodes: [0, 1] }))
  await look()
  return names
}

/** The first and the last MiB: a disk that is smaller than it claims fails at its end. */
async function canRead(system: System, path: string, sizeBytes: number): Promise<boolean> {
  const length = Math.min(READ_BYTES, sizeBytes)
  for (const start of [0, sizeBytes - length]) {
    const bytes = await system.readBytes(path, { start, length })
    if (bytes === null || bytes.length < length) return false
  }
  return true
}
