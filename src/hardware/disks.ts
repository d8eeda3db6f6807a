import type { Disk, DiskKind } from '../model/hardware.ts'
import { describeContents } from './disk-contents.ts'
import { chooseDiskId } from './disk-id.ts'
import { findUse, isBootMedium, type RunningSystem } from './disk-use.ts'
import { type BlockDevice, flatten } from './lsblk.ts'

/** Sector size when lsblk does not say: what nearly every disk reports to the operating system. */
const USUAL_SECTOR_BYTES = 512

/** The disks a person could mean, from lsblk's tree. `idLinks`: for each name below /dev/disk/by-id the device it leads to.
 *  Left out: what is no disk (loop, rom, ram, zram, floppy, zvol, an eMMC's boot areas) and card readers without a card. */
export function makeDisks(
  devices: readonly BlockDevice[],
  idLinks: ReadonlyMap<string, string>,
  running: RunningSystem,
): readonly Disk[] {
  return devices.filter(isDisk).map((device) => {
    const links = [...idLinks].filter(([, path]) => path === device.path).map(([name]) => name)
    return {
      name: device.name,
      path: device.path,
      id: chooseDiskId(links),
      model: device.model,
      serial: device.serial,
      sizeBytes: device.sizeBytes ?? 0,
      kind: kindOf(device),
      transport: device.transport,
      isRemovable: device.isRemovable || device.transport === 'usb',
      isReadOnly: device.isReadOnly,
      isBootMedium: isBootMedium(device, devices, running),
      inUse: findUse(device, running),
      logicalSectorBytes: device.logicalSectorBytes ?? USUAL_SECTOR_BYTES,
      physicalSectorBytes: device.physicalSectorBytes ?? device.logicalSectorBytes ?? USUAL_SECTOR_BYTES,
      partitions: device.children.flatMap(flatten).map((below) => ({
        path: below.path,
        sizeBytes: below.sizeBytes ?? 0,
        label: below.label ?? below.partitionLabel,
        filesystem: below.filesystem,
        mountpoints: below.mountpoints,
      })),
      contents: describeContents(device),
    }
  })
}

function isDisk(device: BlockDevice): boolean {
  if (device.type !== 'disk' || device.sizeBytes === 0) return false
  return !/^(loop|ram|zram|fd|sr|zd|nbd)\d|^mmcblk\d+(boot\d+|rpmb)$/.test(device.name)
}

function kindOf(device: BlockDevice): DiskKind {
  if (device.transport === 'nvme' || device.name.startsWith('nvme')) return 'nvme'
  if (device.transport === 'virtio' || /^x?vd[a-z]/.test(device.name)) return 'virtual'
  if (/\b(QEMU|VBOX|VMware|Virtual)\b/i.test(device.model ?? '')) return 'virtual'
  if (device.isRotational === false) return 'ssd'
  // USB sticks claim to rotate as often as not.
  return device.isRotational && device.transport !== 'usb' ? 'hdd' : 'unknown'
}
