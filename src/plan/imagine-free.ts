import type { Disk, Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'
import { formatSize, GIB } from '../model/size.ts'
import { targetProblems } from '../steps/disk/target-problems.ts'
import { SMALLEST_ESP_BYTES } from './sizes.ts'

/** Begins the code of every problem that a dry run only imagines away. */
export const IMAGINED = 'imagined-'

/** The least a disk must have room for to be a target of some answers. */
const LEAST = { espBytes: SMALLEST_ESP_BYTES, swapBytes: 0 }

/** The same machine as if it had been started from our medium, for the dry run on a machine at work: the firmware counts as
 *  UEFI, memory as enough and, where no disk could be a target as it is, all disks as free and writable. What was found
 *  instead is added to its problems, one each. Nothing but a dry run may plan with it. */
export function imagineFree(hardware: Hardware): Hardware {
  const hasTarget = hardware.disks.some((disk) => targetProblems(disk, LEAST, []).length === 0)
  return {
    ...hardware,
    firmware: 'uefi',
    cpu: { ...hardware.cpu, architecture: 'x86_64' },
    memoryBytes: hardware.memoryBytes === 'unknown' ? 'unknown' : Math.max(hardware.memoryBytes, GIB),
    disks: hasTarget ? hardware.disks : hardware.disks.map(freed),
    problems: [...hardware.problems, ...pretences(hardware, hasTarget ? [] : hardware.disks)],
  }
}

function freed(disk: Disk): Disk {
  // A container or a small virtual machine may have disks without a stable name.
  const id = disk.id ?? `/dev/disk/by-id/dry-run-${disk.name.replace(/[^A-Za-z0-9]/g, '-')}`
  return { ...disk, id, inUse: null, isBootMedium: false, isReadOnly: false }
}

function pretences({ firmware, cpu, memoryBytes }: Hardware, disks: readonly Disk[]): readonly Problem[] {
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
