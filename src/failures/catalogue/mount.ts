import { type CatalogueEntry, diskoStep, failureOf, RETRY } from '../entry.ts'
import { exitEntry, SEE_KERNEL } from '../exit-entry.ts'

/** Bits, of which 32 is a mount that failed. Source: mount(8), EXIT STATUS. */
export const mountEntries: readonly CatalogueEntry[] = [
  exitEntry({
    code: 'mount-failed',
    title: 'A file system could not be mounted',
    program: 'mount',
    cause: 'a file system of the target could not be mounted',
    remedy: [SEE_KERNEL, RETRY, 'if it comes back: change the answers, which starts over and formats the disks again'],
    example: { ...diskoStep('mount', '/dev/disk/by-partlabel/disk-a-esp', 32), action: 'mount' },
  }),
  exitEntry({
    code: 'unmount-failed',
    title: 'A file system could not be unmounted',
    program: 'umount',
    cause: 'a file system could not be unmounted',
    remedy: ['see what is mounted: findmnt -R /mnt', SEE_KERNEL, RETRY],
    example: failureOf({ task: 'unmount', program: 'umount', action: '/mnt', exitCode: 1 }),
  }),
]
