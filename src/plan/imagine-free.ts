import type { Hardware } from '../model/hardware.ts'
import { GIB } from '../model/size.ts'

/** The same machine as if it had been started from our medium, for the dry run on a machine at work, where every disk is in
 *  use: disks count as free and writable, the firmware as UEFI, memory as enough. Nothing but a dry run may plan with it. */
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
  }
}
