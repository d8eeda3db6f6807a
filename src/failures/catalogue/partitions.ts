import {
  type CatalogueEntry,
  diskoStep,
  ended,
  failedProgram,
  NO_FACTS,
  SHELL_FIRST,
  WAYS_WITH_ANSWERS,
} from '../entry.ts'
import { exitEntry, FORMAT_AGAIN, SEE_KERNEL } from '../exit-entry.ts'

/** Source: sgdisk(8), RETURN VALUES; 4 also when a partition does not fit, seen with 1.0.9. */
export const partitionTableEntries: readonly CatalogueEntry[] = [
  exitEntry({
    code: 'partition-table-unreadable',
    title: 'The partition table cannot be read',
    program: 'sgdisk',
    exitCodes: [2, 3],
    cause: 'the partition table of a disk cannot be read',
    remedy: [SEE_KERNEL, 'check the cable and the power of the disk, or replace it', FORMAT_AGAIN],
    example: diskoStep('sgdisk', '/dev/disk/by-id/virtio-keystone-a', 2),
    waysOn: WAYS_WITH_ANSWERS,
  }),
  exitEntry({
    code: 'partition-table-not-written',
    title: 'The partition table was not written',
    program: 'sgdisk',
    cause: 'the new partition table could not be written: the disk is write-protected or failing, or too small for it',
    remedy: ['turn off the write protection of the disk, if it has one', SEE_KERNEL, FORMAT_AGAIN],
    example: diskoStep('sgdisk', '/dev/disk/by-id/virtio-keystone-a', 4),
    waysOn: WAYS_WITH_ANSWERS,
  }),
  {
    code: 'partitions-not-there',
    title: 'The new partitions did not appear',
    matches: (failure) => ['partprobe', 'udevadm', 'blockdev'].some((program) => ended(failure, program)),
    tell: () => ({
      cause: 'the kernel does not show the new partitions, often because something still uses the old ones',
      remedy: ['see what uses the disk: lsblk', 'unmount or close it', FORMAT_AGAIN],
    }),
    waysOn: SHELL_FIRST,
    example: { signature: diskoStep('partprobe', '/dev/disk/by-id/virtio-keystone-a', 1), facts: NO_FACTS },
    noFaultBecause: 'preflight refuses a disk in use, which is injected',
  },
  {
    code: 'format-failed',
    title: 'A partition could not be formatted',
    matches: (failure) => {
      const program = failedProgram(failure).program ?? ''
      const isFormat = /^(mkfs(\..+)?|mke2fs|mkswap|wipefs|dd|blkdiscard)$/.test(program)
      return isFormat && failure.exitCode !== null && failure.exitCode !== 0
    },
    tell: (failure) => ({
      cause: `the program ${failedProgram(failure).program} could not write to a partition of the disk`,
      remedy: [SEE_KERNEL, 'check the cable and the power of the disk, or replace it', FORMAT_AGAIN],
    }),
    waysOn: WAYS_WITH_ANSWERS,
    example: { signature: diskoStep('mkfs.ext4', '/dev/mapper/cryptroot', 1), facts: NO_FACTS },
    noFaultBecause: 'a disk that does not take it is injected (disk-write-error); these programs say no more than 1',
  },
]
