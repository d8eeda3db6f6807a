import { makeDisks } from '../hardware/disks.ts'
import { type BlockDevice, flatten } from '../hardware/lsblk.ts'
import { readBlockDevices } from '../hardware/read-disks.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import type { System } from '../system/system.ts'

export type Stick = { readonly partition: string; readonly label: string; readonly sizeBytes: number }

/** Every kernel of ours can write these. */
const FILESYSTEMS = ['vfat', 'exfat', 'ext4']

/** The file systems on removable disks, one of each, that a bundle can be written to, as they are now: the stick is often put in after the
 *  failure. Never on a disk of the plan, on the boot medium, or on one that is mounted or write-protected. */
export async function findSticks(system: System, hardware: Hardware, plan: Plan | null): Promise<readonly Stick[]> {
  const found = await readBlockDevices(system)
  if (found === null) return []
  const disks = makeDisks(found.devices, found.names ?? new Map(), found.running)
  const isPlanned = (path: string) => {
    const names = found.names?.get(path) ?? []
    return plan?.storage.disks.some(({ id }) => names.includes(id.slice(id.lastIndexOf('/') + 1))) ?? false
  }
  // A live system that was copied to memory may not look like the boot medium's any more; it did at the start.
  const wasBootMedium = (path: string) => hardware.disks.some((disk) => disk.path === path && disk.isBootMedium)
  return disks
    .filter(({ isRemovable, transport }) => isRemovable || transport === 'usb')
    .filter(({ isReadOnly, isBootMedium, inUse }) => !isReadOnly && !isBootMedium && inUse === null)
    .filter(({ path }) => !isPlanned(path) && !wasBootMedium(path))
    .flatMap(({ path }) => found.devices.filter((device) => device.path === path))
    .flatMap((device) => placeOn(device) ?? [])
    .map(({ path, label, sizeBytes }) => ({ partition: path, label: label ?? '', sizeBytes: sizeBytes ?? 0 }))
}

/** One place on each stick: its largest. mkfs.vfat gives a file system on a whole disk a partition table too, with one
 *  partition that begins at the same sector: then both are the same file system, and the disk comes first. */
const placeOn = (stick: BlockDevice): BlockDevice | undefined =>
  flatten(stick)
    .filter(isWritable)
    .toSorted((a, b) => (b.sizeBytes ?? 0) - (a.sizeBytes ?? 0))[0]

/** A stick may have its file system on the whole of it. */
function isWritable({ filesystem, mountpoints, isReadOnly, type }: BlockDevice): boolean {
  const isOnDisk = type === 'part' || type === 'disk'
  return isOnDisk && !isReadOnly && mountpoints.length === 0 && FILESYSTEMS.includes(filesystem ?? '')
}
