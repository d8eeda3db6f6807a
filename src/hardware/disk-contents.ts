import type { Disk } from '../model/hardware.ts'
import { type BlockDevice, flatten } from './lsblk.ts'

/** GPT type of an EFI system partition. Source: UEFI specification, section 5.3.3; 0xef is its MBR type. */
const ESP_TYPES = ['c12a7328-f81f-11d2-ba4b-00a0c93ec93b', '0xef']

const WORDS: Readonly<Record<string, string>> = {
  apfs: 'macOS (APFS)',
  BitLocker: 'Windows (BitLocker)',
  crypto_LUKS: 'LUKS',
  exfat: 'exFAT',
  hfsplus: 'macOS (HFS+)',
  iso9660: 'ISO image',
  linux_raid_member: 'Linux RAID',
  LVM2_member: 'LVM',
  ntfs: 'NTFS',
  swap: 'Linux swap',
  vfat: 'FAT',
  zfs_member: 'ZFS pool',
}
const LINUX_FILESYSTEMS = ['bcachefs', 'btrfs', 'ext2', 'ext3', 'ext4', 'f2fs', 'xfs']

/** What a person would call what is on a disk, each word once, in the order of the partitions. Empty for a blank disk. */
export function describeContents(disk: BlockDevice): readonly string[] {
  const words = flatten(disk).flatMap((device) => describe(device) ?? [])
  if (words.length === 0 && disk.partitionTable !== null) {
    return [disk.children.length > 0 ? 'partitions without a known file system' : 'empty partition table']
  }
  return [...new Set(words)]
}

/** For a list of disks: `holds NTFS, LUKS` or `no known data`. A disk without a signature may still hold something, so it is
 *  never called empty. */
export function contentsWords({ contents, partitions }: Disk): string {
  if (contents.length > 0) return `holds ${contents.join(', ')}`
  return partitions.length === 0 ? 'no known data' : 'holds partitions of unknown content'
}

function describe(device: BlockDevice): string | null {
  if (ESP_TYPES.includes(device.partitionType ?? '')) return 'EFI system partition'
  const filesystem = device.filesystem
  // Without udev's database and without root, lsblk knows what is mounted but not its type.
  if (filesystem === null) return device.mountpoints.length > 0 ? 'a mounted file system' : null
  return LINUX_FILESYSTEMS.includes(filesystem) ? `Linux (${filesystem})` : (WORDS[filesystem] ?? filesystem)
}
