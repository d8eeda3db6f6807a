import type { Disk } from '../../model/hardware.ts'
import type { Problem } from '../../model/problem.ts'
import { formatSize } from '../../model/size.ts'
import { MIN_MEMBER_BYTES, minDiskBytes } from '../../plan/sizes.ts'

/** What a boot disk must have room for besides the system. In bytes. */
export type BootSizes = { readonly espBytes: number; readonly swapBytes: number }

/** Why this disk cannot be a target, most telling first; empty when it can. The disk page greys out what has any. `boot`:
 *  null for a disk that holds nothing but a part of a pool. */
export function targetProblems(disk: Disk, boot: BootSizes | null, path: Problem['path']): readonly Problem[] {
  if (disk.isBootMedium) {
    const message = `this system was started from ${disk.name}`
    // It is in use too, and often small; nothing of that matters any more.
    return [{ code: 'disk-is-boot-medium', path, message, hint: 'choose another disk' }]
  }
  const problems: Problem[] = []
  const add = (code: string, message: string, hint: string) => problems.push({ code, path, message, hint })
  if (disk.id === null) {
    const hint = 'in a virtual machine, give the disk a serial number'
    const why = disk.whyNoId ?? 'has no stable name below /dev/disk/by-id/'
    add('disk-without-id', `${disk.name} ${why}`, hint)
  }
  if (disk.isReadOnly) {
    add('disk-read-only', `${disk.name} is read-only`, 'take off its write protection, or choose another disk')
  }
  if (disk.inUse !== null) {
    add('disk-in-use', `${disk.name} is in use: ${disk.inUse}`, 'stop what uses it, or choose another disk')
  }
  const needed = boot === null ? MIN_MEMBER_BYTES : minDiskBytes(boot.espBytes, boot.swapBytes)
  if (disk.sizeBytes < needed) {
    const parts = boot === null ? '' : ` (${partsOf(boot)})`
    const fitsWithLessSwap = boot && boot.swapBytes > 0 && disk.sizeBytes >= minDiskBytes(boot.espBytes, 0)
    const finding = `${disk.name} has ${formatSize(disk.sizeBytes)}`
    const hint = fitsWithLessSwap ? 'choose less swap, or a larger disk' : 'choose a larger disk'
    add('disk-too-small', `needs at least ${formatSize(needed)}${parts}, ${finding}`, hint)
  }
  return problems
}

function partsOf({ espBytes, swapBytes }: BootSizes): string {
  return `${formatSize(espBytes)} boot, ${formatSize(swapBytes)} swap, the rest for the system`
}
