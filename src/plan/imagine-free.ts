import type { Disk, Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'
import { formatSize, GIB } from '../model/size.ts'

/** Begins the code of every problem that a dry run only imagines away. */
export const IMAGINED = 'imagined-'

/** The same machine as if it had been started from our medium, for the dry run on a machine at work, where every disk is in
 *  use: disks count as free and writable, the firmware as UEFI, memory as enough. What was found instead is added to its
 *  problems, one each. Nothing but a dry run may plan with it. */
export function imagineFree(hardware: Hardware): Hardware {
  return {
    ...hardware,
    firmware: 'uefi',
    cpu: { ...hardware.cpu, architecture: 'x86_64' },
    memoryBytes: hardware.memoryBytes === 'unknown' ? 'unknown' : Math.max(hardware.memoryBytes, GIB),
    disks: hardware.disks.map((disk) => ({
      ...disk,
      inUse: null,
      isBootMedium: false,
      isReadOnly: false,
      // A container or a small virtual machine may have disks without a stable name.
      id: disk.id ?? `/dev/disk/by-id/dry-run-${disk.name.replace(/[^A-Za-z0-9]/g, '-')}`,
    })),
    problems: [...hardware.problems, ...pretences(hardware)],
  }
}

function pretences({ firmware, cpu, memoryBytes, disks }: Hardware): readonly Problem[] {
  const found: Problem[] = []
  const pretend = (what: string, message: string) =>
    found.push({ code: `${IMAGINED}${what}`, path: ['hardware', what], message })
  if (firmware === 'bios')
    pretend('firmware', 'the machine was started in BIOS mode; the dry run goes on as if by UEFI')
  if (cpu.architecture !== 'x86_64') {
    pretend('cpu', `the processor is ${cpu.architecture}; the dry run goes on as if it were x86_64`)
  }
  if (memoryBytes !== 'unknown' && memoryBytes < GIB) {
    pretend('memory', `the memory is ${formatSize(memoryBytes)}; the dry run goes on as if it were 1 GiB`)
  }
  for (const disk of disks) {
    const why = whyTaken(disk)
    if (why !== null) pretend('disks', `${disk.name} ${why}; the dry run goes on as if it were free`)
  }
  return found
}

function whyTaken(disk: Disk): string | null {
  if (disk.inUse !== null) return `is ${disk.inUse}`
  if (disk.isBootMedium) return 'is what this system was started from'
  if (disk.isReadOnly) return 'is read-only'
  return disk.id === null ? 'has no stable name' : null
}
