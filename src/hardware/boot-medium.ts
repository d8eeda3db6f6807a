import { importedPool, mountsOf, type RunningSystem, sharesFilesystem } from './disk-use.ts'
import { type BlockDevice, flatten } from './lsblk.ts'

/** Where live systems mount what they came from: a running system's root, NixOS, Debian live (new and old), Ubuntu and its
 *  ISO in a file, dracut live and its ISO in a file, Arch (and its ISO in a file), Manjaro. */
const BOOT_MOUNTPOINTS = [
  '/',
  '/iso',
  '/nix/.ro-store',
  '/nix/store',
  '/run/live/medium',
  '/lib/live/mount/medium',
  '/cdrom',
  '/isodevice',
  '/run/initramfs/live',
  '/run/initramfs/isoscan',
  '/run/archiso/bootmnt',
  '/run/archiso/img_dev',
  '/run/miso/bootmnt',
]

/** The disks that the running system came from, by path: by what is mounted from them, by the files and folders behind the
 *  loop devices and overlays of the root, by a ZFS root, and, for a live system copied to memory, by what the kernel command
 *  line or the boot menu of the stick (Ventoy) says. A disk that shares a file system with one of them is one too. */
export function findBootMedia(all: readonly BlockDevice[], running: RunningSystem): ReadonlySet<string> {
  const places = rootPlaces(all, running)
  const medium = namedMedium(running.kernelCommandLine)
  const isNamed = (device: BlockDevice) => medium !== null && hasName(device, medium)
  // Ventoy's stick holds ISO files; the label of the ISO that was started shows on no device once it is in memory.
  const isVentoy = running.isVentoy || (medium !== null && !all.flatMap(flatten).some(isNamed))

  const isOrigin = (disk: BlockDevice): boolean =>
    flatten(disk).some(
      (device) =>
        mountsOf(device, running).some((where) => BOOT_MOUNTPOINTS.includes(where) || places.has(where)) ||
        isRootPool(device, running) ||
        isNamed(device) ||
        (isVentoy && (device.label === 'VTOYEFI' || device.partitionLabel === 'VTOYEFI')),
    )
  const origins = all.filter(isOrigin)
  const siblings = all.filter((disk) => origins.some((origin) => sharesFilesystem(disk, origin)))
  return new Set([...origins, ...siblings].map((disk) => disk.path))
}

/** The mount points that hold the files and folders which the root is made of. */
function rootPlaces(all: readonly BlockDevice[], running: RunningSystem): ReadonlySet<string> {
  const isRoot = (device: BlockDevice) => mountsOf(device, running).some((where) => BOOT_MOUNTPOINTS.includes(where))
  const loops = all.filter((device) => running.loopFiles.has(device.name) && flatten(device).some(isRoot))
  const files = loops.flatMap((loop) => running.loopFiles.get(loop.name) ?? [])
  const folders = [...running.mounts.matchAll(/^\S+ (?:\/|\/nix\/store) overlay (\S+)/gm)].flatMap(([, options = '']) =>
    [...options.matchAll(/(?:^|,)(?:lowerdir|upperdir)=([^,]+)/g)].flatMap(([, value = '']) => value.split(':')),
  )
  return new Set([...files.flatMap(parentsOf), ...folders.flatMap((folder) => [folder, ...parentsOf(folder)])])
}

/** Not `/` itself: nearly every file is below it, and it is a mount point of its own. */
function parentsOf(file: string): readonly string[] {
  const parts = file.split('/').slice(1, -1)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}

function isRootPool(device: BlockDevice, running: RunningSystem): boolean {
  const rootDataset = /^(\S+) \/ zfs /m.exec(running.mounts)?.[1]
  return rootDataset !== undefined && importedPool(device, running) === rootDataset.split('/')[0]
}

type Named = { readonly key: 'LABEL' | 'UUID' | 'PARTLABEL' | 'PARTUUID' | 'PATH'; readonly value: string }

/** What the kernel command line says the system is to be found on: our own `keystone.medium=`, `root=LABEL=…`,
 *  `root=live:CDLABEL=…` of dracut, `root=/dev/…`, and Arch's `archisolabel=` and `archisosearchuuid=`. */
function namedMedium(commandLine: string): Named | null {
  const word = (key: string) => new RegExp(`(?:^|\\s)"?${key}="?([^\\s"]+)`).exec(commandLine)?.[1]
  const label = word('keystone\\.medium') ?? word('archisolabel')
  if (label !== undefined) return { key: 'LABEL', value: unescaped(label) }
  const uuid = word('archisosearchuuid')
  if (uuid !== undefined) return { key: 'UUID', value: uuid }
  const root = word('root')?.replace(/^live:/, '')
  if (root === undefined) return null
  const link = /^\/dev\/disk\/by-(label|uuid|partlabel|partuuid)\/(.+)$/.exec(root)
  const [, key = 'PATH', value = ''] = link ?? /^(?:CD)?(LABEL|UUID|PARTLABEL|PARTUUID)=(.+)$/.exec(root) ?? []
  const named = value === '' ? { key: 'PATH', value: root } : { key: key.toUpperCase(), value: unescaped(value) }
  // `root=fstab`, `root=tmpfs`, `root=gpt-auto`: no device at all.
  return named.key === 'PATH' && !named.value.startsWith('/dev/') ? null : (named as Named)
}

function hasName(device: BlockDevice, { key, value }: Named): boolean {
  const names: Readonly<Record<Named['key'], string | null>> = {
    LABEL: device.label,
    UUID: device.uuid,
    PARTLABEL: device.partitionLabel,
    PARTUUID: device.partitionUuid,
    PATH: device.path,
  }
  return names[key] === value
}

/** udev and dracut write a space as `\x20`. */
function unescaped(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
