import { formatCommand } from '../system/command-line.ts'
import { importedPool, mountsOf, type RunningSystem, sharesFilesystem } from './disk-use.ts'
import { type BlockDevice, flatten } from './lsblk.ts'

/** The commands that end the use of a disk, in the order to type them: what lies on top first. Empty when it is free, or when
 *  no command is known that would be safe to give to a person who did not start that use. */
export function releaseCommands(
  disk: BlockDevice,
  all: readonly BlockDevice[],
  running: RunningSystem,
): readonly string[] {
  const own = topFirst(disk)
  // Its array, pool or file system may be at work on other disks.
  const used = own.some((device) => isUsed(device, running))
    ? own
    : all.filter((other) => sharesFilesystem(disk, other)).flatMap(topFirst)
  const places = used.flatMap((device) => mountsOf(device, running))
  // What this system itself runs from nobody can let go of.
  if (places.some((place) => OWN.includes(place))) return []
  const commands = [
    ...places
      .filter((place) => place !== '[SWAP]')
      .toSorted((one, other) => other.length - one.length)
      .map((place) => formatCommand('umount', [place])),
    ...used.flatMap((device) => endOf(device, running)),
  ]
  return [...new Set(commands)]
}

const OWN = ['/', '/iso', '/nix', '/nix/store', '/nix/.ro-store', '/run']

const topFirst = (disk: BlockDevice) => [...flatten(disk)].reverse()

function isUsed(device: BlockDevice, running: RunningSystem): boolean {
  return mountsOf(device, running).length > 0 || endOf(device, running).length > 0
}

function endOf(device: BlockDevice, running: RunningSystem): readonly string[] {
  const { name, path, type } = device
  const pool = importedPool(device, running)
  if (pool !== null) return [formatCommand('zpool', ['export', pool])]
  if (mountsOf(device, running).includes('[SWAP]'))
    return [formatCommand('swapoff', [path]), ...mappingEnd(type, name, path)]
  return mappingEnd(type, name, path)
}

function mappingEnd(type: string, name: string, path: string): readonly string[] {
  if (type === 'crypt') return [formatCommand('cryptsetup', ['close', name])]
  if (type === 'lvm') return [formatCommand('lvchange', ['--activate', 'n', path])]
  if (type.startsWith('raid')) return [formatCommand('mdadm', ['--stop', path])]
  return []
}
