import type { Disk } from '../model/hardware.ts'
import type { RunningSystem } from './disk-use.ts'
import { type BlockDevice, flatten } from './lsblk.ts'

/** GPT type of an EFI system partition. Source: UEFI specification, section 5.3.3; 0xef is its MBR type. */
const ESP_TYPES = ['c12a7328-f81f-11d2-ba4b-00a0c93ec93b', '0xef']
/** Made by Windows Setup on each disk it installs to: reserved, recovery. Source: Microsoft, "UEFI/GPT-based hard drive
 *  partitions". */
const MICROSOFT_RESERVED = 'e3c9e316-0b5c-4db8-817d-f92df00215ae'
const WINDOWS_RECOVERY = ['de94bba4-06d1-4d4d-a16a-bfd50179d6ac', '0x27']

/** With a name, the label of the file system stands behind them: `LUKS (backup)`. */
const WORDS: Readonly<Record<string, string>> = {
  apfs: 'macOS (APFS)',
  bcache: 'bcache',
  BitLocker: 'Windows (BitLocker)',
  ceph_bluestore: 'Ceph',
  crypto_LUKS: 'LUKS',
  ddf_raid_member: 'firmware RAID',
  exfat: 'exFAT',
  hfsplus: 'macOS (HFS+)',
  iso9660: 'ISO image',
  isw_raid_member: 'firmware RAID (Intel)',
  linux_raid_member: 'md RAID',
  LVM2_member: 'LVM',
  mpath_member: 'multipath',
  ntfs: 'NTFS',
  ReFS: 'Windows (ReFS)',
  swap: 'Linux swap',
  vfat: 'FAT',
  VMFS_volume_member: 'VMware (VMFS)',
  zfs_member: 'ZFS pool',
}
const LINUX_FILESYSTEMS = ['bcachefs', 'btrfs', 'ext2', 'ext3', 'ext4', 'f2fs', 'xfs']
/** Partition names that partitioning programs give to everything. */
const GENERIC_NAMES = /^(primary|basic data partition|linux (filesystem|lvm|raid|swap)|microsoft basic data)$/i
const MAX_NAME = 24

/** What a person would call what is on a disk, each word once, in the order of the partitions. Empty for a blank disk. */
export function describeContents(
  disk: BlockDevice,
  { volumeGroups }: Pick<RunningSystem, 'volumeGroups'>,
): readonly string[] {
  const devices = flatten(disk)
  const hasWindows = devices.some(({ partitionType }) =>
    [MICROSOFT_RESERVED, ...WINDOWS_RECOVERY].includes(partitionType ?? ''),
  )
  const words = devices.flatMap((device) => describe(device, hasWindows, volumeGroups) ?? [])
  if (words.length === 0 && disk.partitionTable !== null) {
    return [disk.children.length > 0 ? 'partitions without a known file system' : 'empty partition table']
  }
  return [...new Set(words)]
}

/** For a list of disks: `holds NTFS, LUKS` or `no known data`. A disk without a signature may still hold something, so it is
 *  never called empty. */
export function contentsWords(disk: Disk): string {
  if (!holdsKnownData(disk)) return 'no known data'
  return disk.contents.length > 0 ? `holds ${disk.contents.join(', ')}` : 'holds partitions of unknown content'
}

/** Whether somebody may miss what is on this disk. What nobody has to choose takes the others first. */
export function holdsKnownData({ contents, partitions }: Pick<Disk, 'contents' | 'partitions'>): boolean {
  return contents.length > 0 || partitions.length > 0
}

/** lsblk's name of a file system or member as a person would say it: `LUKS`, `NTFS`, `ext4`. */
export function filesystemWord(filesystem: string): string {
  return WORDS[filesystem] ?? filesystem
}

function describe(device: BlockDevice, hasWindows: boolean, volumeGroups: ReadonlyMap<string, string>): string | null {
  if (ESP_TYPES.includes(device.partitionType ?? '')) return 'EFI system partition'
  if (device.partitionType === MICROSOFT_RESERVED) return null
  if (WINDOWS_RECOVERY.includes(device.partitionType ?? '')) return 'Windows recovery'
  const { filesystem } = device
  // Without udev's database and without root, lsblk knows what is mounted but not its type.
  if (filesystem === null) return device.mountpoints.length > 0 ? 'a mounted file system' : null
  const name = nameOf(device)
  if (LINUX_FILESYSTEMS.includes(filesystem)) return `Linux (${filesystem}${name === null ? '' : `, ${name}`})`
  if (filesystem === 'ntfs' && hasWindows) return 'Windows (NTFS)'
  const word = WORDS[filesystem] ?? filesystem
  if (filesystem === 'zfs_member') return name === null ? word : `${word} ${name}`
  const group = volumeGroups.get(device.uuid ?? '') ?? null
  const shown = filesystem === 'LVM2_member' ? group : filesystem === 'swap' || word.endsWith(')') ? null : name
  return shown === null ? word : `${word} (${short(shown)})`
}

function nameOf({ label, partitionLabel, filesystem }: BlockDevice): string | null {
  if (label !== null) return short(label)
  // The name of a partition says what its maker called it; of a member of something larger it says nothing.
  if (partitionLabel === null || filesystem === 'zfs_member' || filesystem === 'linux_raid_member') return null
  return GENERIC_NAMES.test(partitionLabel) ? null : short(partitionLabel)
}

function short(name: string): string {
  const characters = [...name]
  return characters.length <= MAX_NAME ? name : `${characters.slice(0, MAX_NAME - 3).join('')}...`
}
