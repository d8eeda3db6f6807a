import { type BlockDevice, flatten } from './lsblk.ts'

/** What is known about the running system besides lsblk. */
export type RunningSystem = {
  /** The text of /proc/cmdline. */
  readonly kernelCommandLine: string
  /** The text of /proc/self/mounts. */
  readonly mounts: string
  /** Names of the imported ZFS pools. */
  readonly pools: readonly string[]
  /** Paths of the devices in imported pools, when zpool could be asked; null otherwise. */
  readonly poolDevices: readonly string[] | null
  /** Loop device name -> the file behind it. */
  readonly loopFiles: ReadonlyMap<string, string>
  /** UUID of an LVM physical volume -> the name of its volume group, as far as LVM has said. */
  readonly volumeGroups: ReadonlyMap<string, string>
  /** The boot menu Ventoy started this system. */
  readonly isVentoy: boolean
}

/** File systems and arrays that span devices: all of them carry the same UUID, and lsblk shows the mount on one only. */
const SPANNING = ['bcachefs', 'btrfs', 'linux_raid_member', 'zfs_member']

/** Why a disk cannot be written to now, in the words of the disk page; null when it is free. */
export function findUse(disk: BlockDevice, all: readonly BlockDevice[], running: RunningSystem): string | null {
  return ownUse(disk, running) ?? sharedUse(disk, all, running)
}

/** Where a device is mounted, as lsblk says and as the mounts themselves do: lsblk knows one place of a btrfs that is mounted
 *  in many, and none when it runs elsewhere. */
export function mountsOf(device: BlockDevice, { mounts }: RunningSystem): readonly string[] {
  const places = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([source, where]) => (source === device.path && where !== undefined ? [unescaped(where)] : []))
  return [...new Set([...device.mountpoints, ...places])]
}

/** True when the two have devices of one and the same file system, array or pool. */
export function sharesFilesystem(a: BlockDevice, b: BlockDevice): boolean {
  if (a.path === b.path) return false
  const keys = new Set(flatten(a).flatMap(spanningKey))
  return flatten(b).some((device) => spanningKey(device).some((key) => keys.has(key)))
}

function spanningKey({ filesystem, uuid }: BlockDevice): readonly string[] {
  return filesystem !== null && uuid !== null && SPANNING.includes(filesystem) ? [`${filesystem} ${uuid}`] : []
}

/** The imported pool that a device is in, or null. */
export function importedPool(device: BlockDevice, { pools, poolDevices }: RunningSystem): string | null {
  // A ZFS member's label is its pool's name. Without zpool's own list a pool of the same name counts: rather one disk
  // too many refused than one too many erased.
  if (device.filesystem !== 'zfs_member' || device.label === null || !pools.includes(device.label)) return null
  return poolDevices === null || poolDevices.includes(device.path) ? device.label : null
}

/** Of a disk that is only one of the ways to a disk in a storage network: what all of them lead to. Null for any other. */
export function multipathOf(disk: BlockDevice): string | null {
  const multipath = flatten(disk).find((device) => device.type === 'mpath')
  if (multipath) return `the multipath device ${multipath.name}`
  return disk.filesystem === 'mpath_member' ? 'a multipath device' : null
}

function ownUse(disk: BlockDevice, running: RunningSystem): string | null {
  const devices = flatten(disk)
  const multipath = multipathOf(disk)
  if (multipath !== null) return `one path to ${multipath}`

  const mountpoints = devices.flatMap((device) => mountsOf(device, running))
  // The shortest says most: `/` rather than `/boot/efi`.
  const [where] = mountpoints.filter((mountpoint) => mountpoint !== '[SWAP]').toSorted((a, b) => a.length - b.length)
  if (where !== undefined) return `mounted at ${where}`
  if (mountpoints.includes('[SWAP]')) return 'swap in use'
  for (const device of devices) {
    const pool = importedPool(device, running)
    if (pool !== null) return `part of the imported ZFS pool ${pool}`
    if (device !== disk && device.type !== 'part') return stackedUse(device)
  }
  return null
}

/** Nothing but a partition lies on a disk without using it. */
function stackedUse({ type, name }: BlockDevice): string {
  if (type.startsWith('raid')) return `part of the running RAID ${name}`
  if (type === 'lvm') return `holds the active LVM volume ${name}`
  if (type === 'crypt') return `holds the open encrypted device ${name}`
  if (name.startsWith('bcache')) return `part of the bcache device ${name}`
  return `part of the mapping ${name}`
}

/** A member that lsblk shows nothing on, while the others of its array, pool, file system or volume group are at work. */
function sharedUse(disk: BlockDevice, all: readonly BlockDevice[], running: RunningSystem): string | null {
  for (const other of all) {
    if (!sharesFilesystem(disk, other)) continue
    const use = ownUse(other, running)
    if (use !== null) return `shares a file system or RAID with ${other.name}, which is ${use}`
  }
  const active = new Set(
    all.flatMap(flatten).flatMap((device) => (device.type === 'lvm' ? [volumeGroupOf(device.name)] : [])),
  )
  const groups = flatten(disk).flatMap((device) => running.volumeGroups.get(device.uuid ?? '') ?? [])
  const group = groups.find((name) => active.has(name))
  return group === undefined ? null : `part of the LVM volume group ${group}, which is in use`
}

/** The mapping of a volume is called `group-volume`; a hyphen within either is doubled. Source: lvm(8), "Valid names". */
function volumeGroupOf(mapping: string): string {
  return (/^((?:[^-]|--)+)-(?!-)/.exec(mapping)?.[1] ?? mapping).replaceAll('--', '-')
}

/** Mounts are written with `\040` for a space. Source: proc_pid_mounts(5). */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
