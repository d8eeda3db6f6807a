import { type BlockDevice, flatten } from './lsblk.ts'

/** Where live systems mount what they came from: a running system's root, NixOS, Debian live, dracut live, Arch. */
const BOOT_MOUNTPOINTS = [
  '/',
  '/iso',
  '/nix/.ro-store',
  '/run/live/medium',
  '/run/initramfs/live',
  '/run/archiso/bootmnt',
]

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
}

/** Why a disk cannot be written to now, in the words of the disk page; null when it is free. */
export function findUse(disk: BlockDevice, running: RunningSystem): string | null {
  const devices = flatten(disk)
  const mountpoints = devices.flatMap((device) => device.mountpoints)
  // The shortest says most: `/` rather than `/boot/efi`.
  const [where] = mountpoints.filter((mountpoint) => mountpoint !== '[SWAP]').toSorted((a, b) => a.length - b.length)
  if (where !== undefined) return `mounted at ${where}`
  if (mountpoints.includes('[SWAP]')) return 'swap in use'
  for (const device of devices) {
    const pool = importedPool(device, running)
    if (pool !== null) return `part of the imported ZFS pool ${pool}`
    if (device === disk) continue
    if (device.type.startsWith('raid')) return `part of the running RAID ${device.name}`
    if (device.type === 'lvm') return `holds the active LVM volume ${device.name}`
    if (device.type === 'crypt') return `holds the open encrypted device ${device.name}`
    if (device.type === 'mpath' || device.type === 'dm') return `part of the mapping ${device.name}`
  }
  return null
}

function importedPool(device: BlockDevice, { pools, poolDevices }: RunningSystem): string | null {
  // A ZFS member's label is its pool's name. Without zpool's own list a pool of the same name counts: rather one disk
  // too many refused than one too many erased.
  if (device.filesystem !== 'zfs_member' || device.label === null || !pools.includes(device.label)) return null
  return poolDevices === null || poolDevices.includes(device.path) ? device.label : null
}

/** True when the running system came from this disk: by what is mounted from it, by the file behind a mounted loop device,
 *  by a ZFS root, or, for a live system copied to memory, by the root= of the kernel command line. */
export function isBootMedium(disk: BlockDevice, all: readonly BlockDevice[], running: RunningSystem): boolean {
  const devices = flatten(disk)
  const isMountedFrom = (paths: readonly string[]) =>
    devices.some((device) => device.mountpoints.some((where) => paths.includes(where)))
  if (isMountedFrom(BOOT_MOUNTPOINTS)) return true

  const loops = all
    .flatMap(flatten)
    .filter((device) => device.mountpoints.some((where) => BOOT_MOUNTPOINTS.includes(where)))
  const files = loops.flatMap((loop) => running.loopFiles.get(loop.name) ?? [])
  if (files.some((file) => isMountedFrom(parentsOf(file)))) return true

  const rootDataset = /^(\S+) \/ zfs /m.exec(running.mounts)?.[1]
  const rootPool = rootDataset?.split('/')[0]
  if (rootPool !== undefined && devices.some((device) => importedPool(device, running) === rootPool)) return true

  const medium = /(?:^|\s)keystone\.medium=(\S+)/.exec(running.kernelCommandLine)?.[1]
  if (medium !== undefined && devices.some((device) => device.label === medium)) return true

  const root = /(?:^|\s)root=(?:([A-Z]+)=)?(\S+)/.exec(running.kernelCommandLine)
  if (root === null) return false
  const [, key = 'PATH', value = ''] = root
  return devices.some((device) => {
    const names: Readonly<Record<string, string | null>> = {
      LABEL: device.label,
      UUID: device.uuid,
      PARTLABEL: device.partitionLabel,
      PARTUUID: device.partitionUuid,
      PATH: device.path,
    }
    return names[key] === value
  })
}

/** Not `/` itself: nearly every file is below it, and it is a mount point of its own. */
function parentsOf(file: string): readonly string[] {
  const parts = file.split('/').slice(1, -1)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}
