import type { Disk, DiskKind } from '../model/hardware.ts'
import { findBootMedia } from './boot-medium.ts'
import { describeContents } from './disk-contents.ts'
import { chooseOwnId, type DiskNames } from './disk-id.ts'
import { findUse, type RunningSystem } from './disk-use.ts'
import { type BlockDevice, flatten } from './lsblk.ts'

/** Sector size when lsblk does not say: what nearly every disk reports to the operating system. */
const USUAL_SECTOR_BYTES = 512

/** The disks a person could mean, from lsblk's tree. `names`: the names below /dev/disk/by-id that lead to each device.
 *  Left out: what is no disk (loop, rom, ram, zram, floppy, network block devices, zvol, mtd, an eMMC's boot areas) and card
 *  readers without a card. */
export function makeDisks(devices: readonly BlockDevice[], names: DiskNames, running: RunningSystem): readonly Disk[] {
  const disks = realDisks(devices)
  const media = findBootMedia(devices, running)
  return disks.map((device) => ({
    name: device.name,
    path: device.path,
    ...chooseOwnId(device, disks, names),
    model: device.model,
    serial: device.serial,
    sizeBytes: device.sizeBytes ?? 0,
    kind: kindOf(device),
    // lsblk of before 2.39 does not say it.
    transport: device.transport ?? (device.name.startsWith('mmcblk') ? 'mmc' : null),
    isRemovable: device.isRemovable || device.transport === 'usb',
    isReadOnly: device.isReadOnly,
    isBootMedium: media.has(device.path),
    inUse: findUse(device, devices, running),
    logicalSectorBytes: device.logicalSectorBytes ?? USUAL_SECTOR_BYTES,
    physicalSectorBytes: device.physicalSectorBytes ?? device.logicalSectorBytes ?? USUAL_SECTOR_BYTES,
    partitions: device.children.flatMap(flatten).map((below) => ({
      path: below.path,
      sizeBytes: below.sizeBytes ?? 0,
      label: below.label ?? below.partitionLabel,
      filesystem: below.filesystem,
      mountpoints: below.mountpoints,
    })),
    contents: describeContents(device, running),
  }))
}

/** Each once, by path. */
export function realDisks(devices: readonly BlockDevice[]): readonly BlockDevice[] {
  const disks = devices.filter(isDisk)
  return disks.filter((disk, index) => disks.findIndex(({ path }) => path === disk.path) === index)
}

const NO_DISK = /^(loop|ram|zram|fd|sr|zd|nbd|rbd|drbd|bcache|md|dm-|mtdblock)\d|^mmcblk\d+(boot\d+|gp\d+|rpmb)$/

function isDisk(device: BlockDevice): boolean {
  return device.type === 'disk' && device.sizeBytes !== 0 && device.name !== '' && !NO_DISK.test(device.name)
}

function kindOf(device: BlockDevice): DiskKind {
  if (device.transport === 'nvme' || device.name.startsWith('nvme')) return 'nvme'
  if (device.transport === 'virtio' || /^x?vd[a-z]/.test(device.name)) return 'virtual'
  if (/\b(QEMU|VBOX|VMware|Virtual)\b/i.test(device.model ?? '')) return 'virtual'
  if (device.isRotational === false) return 'ssd'
  // USB sticks claim to rotate as often as not.
  return device.isRotational && device.transport !== 'usb' ? 'hdd' : 'unknown'
}
