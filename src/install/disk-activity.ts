import { posix } from 'node:path'
import type { Plan } from '../model/plan.ts'
import type { System } from '../system/system.ts'

/** Of all planned disks together, since the machine started; `busyMs` of the busiest one. */
export type DiskActivity = { readonly readBytes: number; readonly writtenBytes: number; readonly busyMs: number }

/** Fields of /sys/block/<disk>/stat, from 0. Sectors there are of 512 bytes, also on 4Kn disks.
 *  Source: Linux, Documentation/block/stat.rst */
const FIELD = { readSectors: 2, writtenSectors: 6, ioTicks: 9 } as const
const SECTOR_BYTES = 512

/** Null when the text is not that of a disk. */
export function parseDiskStat(text: string): DiskActivity | null {
  const fields = text.trim().split(/\s+/).map(Number)
  const [read, written, busyMs] = [fields[FIELD.readSectors], fields[FIELD.writtenSectors], fields[FIELD.ioTicks]]
  if (read === undefined || written === undefined || busyMs === undefined) return null
  if (![read, written, busyMs].every(Number.isSafeInteger)) return null
  return { readBytes: read * SECTOR_BYTES, writtenBytes: written * SECTOR_BYTES, busyMs }
}

/** Null when no planned disk can be looked at: all are gone, or this is no machine with a /sys. */
export async function readActivity(system: System, plan: Plan): Promise<DiskActivity | null> {
  const found = await Promise.all(
    plan.storage.disks.map(async ({ id }) => {
      const device = await system.realPath(id)
      const text = device === null ? null : await system.readText(`/sys/block/${posix.basename(device)}/stat`)
      return text === null ? null : parseDiskStat(text)
    }),
  )
  const disks = found.filter((one) => one !== null)
  if (disks.length === 0) return null
  return disks.reduce((sum, one) => ({
    readBytes: sum.readBytes + one.readBytes,
    writtenBytes: sum.writtenBytes + one.writtenBytes,
    busyMs: Math.max(sum.busyMs, one.busyMs),
  }))
}
