import { multipathOf } from './disk-use.ts'
import type { BlockDevice } from './lsblk.ts'

/** How good a name below /dev/disk/by-id is; lower is better. Names with model and serial can be read off the label on the
 *  drive; the others are as stable, but mean nothing to a person. */
function rank(name: string): number {
  if (/^(wwn-|dm-|md-|lvm-)/.test(name)) return 3
  if (isWorldWide(name)) return 2
  return /^(nvme|ata|scsi|virtio|usb|mmc|sata|ieee1394)-/.test(name) ? 0 : 1
}

/** `wwn-0x5000…`, `nvme-eui.0025…`, `nvme-uuid.…`, `nvme-nvme.1b36-…`, `scsi-35000c500…`: a world-wide name, however it is
 *  dressed. The others are made of model and serial. */
function isWorldWide(name: string): boolean {
  return /^wwn-|^nvme-(eui|uuid|nvme)\./.test(name) || /^scsi-[0-9][0-9a-f]{16,}$/.test(name)
}

/** The stable name to use for a whole disk, from the names of the links that lead to it; null when there is none. Between
 *  equals the shortest wins: newer udev adds the namespace (`…_1`) to a name that is unique without it. */
export function chooseDiskId(names: readonly string[]): string | null {
  const [best] = names
    .filter((name) => !/-part\d+$/.test(name))
    .toSorted((a, b) => rank(a) - rank(b) || a.length - b.length || (a < b ? -1 : 1))
  return best === undefined ? null : `/dev/disk/by-id/${best}`
}

/** Device path -> the names below /dev/disk/by-id that lead to it. */
export type DiskNames = ReadonlyMap<string, readonly string[]>

/** The other disks that a name could mean as well as this one. udev gives a name that two disks lay claim to to one of them,
 *  and at the next boot perhaps to the other. World-wide names are shared by cloned and by careless disks, and by the paths
 *  to one disk; names of model and serial by disks whose maker numbers none of them. */
export function findTwins(
  name: string,
  disk: BlockDevice,
  disks: readonly BlockDevice[],
  names: DiskNames,
): readonly BlockDevice[] {
  const others = disks.filter((other) => other.path !== disk.path)
  if (isWorldWide(name)) return others.filter((other) => disk.wwn !== null && other.wwn === disk.wwn)
  return others.filter((other) => {
    if (disk.serial === null || other.serial !== disk.serial || other.model !== disk.model) return false
    // Two parts of one device (the namespaces of an NVMe, the slots of a card reader) differ in a number at the end; there
    // each has its own name.
    const stem = stemOf(name)
    return stem === null || !names.get(other.path)?.some((its) => its !== name && stemOf(its) === stem)
  })
}

/** `nvme-MODEL_SERIAL_2` without its namespace, `usb-MODEL_SERIAL-0:1` without its slot; null for a name without either. */
function stemOf(name: string): string | null {
  return /^(nvme-.+)_\d+$/.exec(name)?.[1] ?? /^(usb-.+)-\d+:\d+$/.exec(name)?.[1] ?? null
}

/** A number that was never filled in: zeros, one digit all along, or hardly anything but zeros. Only for world-wide names;
 *  a serial of zeros may still be the only one here. */
export function isBogusWorldWideName(name: string): boolean {
  if (!isWorldWide(name)) return false
  const number = name.replace(/^wwn-0x|^nvme-(eui|uuid)\.|^scsi-[0-9]/, '').replaceAll('-', '')
  if (!/^[0-9a-f]+$/i.test(number)) return false
  return number.replaceAll('0', '').length <= 2 || new Set(number).size === 1
}

/** The best name that means this disk and no other, or null and, where there were names, why none of them would do. */
export function chooseOwnId(
  disk: BlockDevice,
  disks: readonly BlockDevice[],
  names: DiskNames,
): { readonly id: string | null; readonly whyNoId?: string } {
  const multipath = multipathOf(disk)
  if (multipath !== null) {
    return { id: null, whyNoId: `is one path to ${multipath}, and the installed system does not use multipath` }
  }
  const all = (names.get(disk.path) ?? []).filter((name) => !/-part\d+$/.test(name))
  const numbered = all.filter((name) => !isBogusWorldWideName(name))
  const own = numbered.filter((name) => findTwins(name, disk, disks, names).length === 0)
  const id = chooseDiskId(own)
  if (id !== null) return { id }
  // The twin that udev left without the name is as unsafe as the one that has it.
  const twins = disks.filter((other) => other.path !== disk.path && looksLike(disk, other))
  if (twins.length > 0) {
    const shared = [disk.serial && `serial ${disk.serial}`, disk.wwn && `WWN ${disk.wwn}`].filter((part) => part)
    const those = twins.map((twin) => twin.name).join(', ')
    const guess = shared.length === 2 ? '; it may be one disk on two paths' : ''
    return { id: null, whyNoId: `cannot be told from ${those}: the same ${shared.join(' and ')}${guess}` }
  }
  if (all.length > 0) return { id: null, whyNoId: 'has only names made of an empty number' }
  return { id: null }
}

function looksLike(a: BlockDevice, b: BlockDevice): boolean {
  if (a.wwn !== null && a.wwn === b.wwn) return true
  return a.serial !== null && a.serial === b.serial && a.model === b.model
}
