import { within } from '../failures/within.ts'
import { realDisks } from '../hardware/disks.ts'
import { type BlockDevice, flatten } from '../hardware/lsblk.ts'
import type { BlockDevices } from '../hardware/read-disks.ts'
import type { Problem } from '../model/problem.ts'
import { MIB } from '../model/size.ts'
import type { System } from '../system/system.ts'
import { readPoolNames } from './pool-labels.ts'

/** A neighbour that does not answer has no say. */
const READ_MS = 10_000

type Given = {
  readonly found: BlockDevices
  /** Kernel paths of the disks that are to be erased. */
  readonly targets: ReadonlySet<string>
  /** Names of the pools that the plan makes. */
  readonly pools: readonly string[]
}

/** What lies on other disks and would be destroyed or written to all the same. disko gives up what it finds on a disk by its
 *  name: `zpool destroy -f` and `vgremove -f` reach the other disks of a pool or a group, and even another pool that is only
 *  called the same; and before it makes a pool it takes any of that name that can be imported. Source: disko,
 *  disk-deactivate/disk-deactivate.jq and lib/types/zpool.nix. */
export async function findSharedStorage(system: System, given: Given): Promise<readonly Problem[]> {
  const disks = realDisks(given.found.devices)
  const erased = disks.filter(({ path }) => given.targets.has(path))
  const others = disks.filter(({ path }) => !given.targets.has(path))
  const groups = await Promise.all([
    findPoolsOfOneName(system, erased, given.found.running.pools),
    findSpanningGroups(system, erased, others),
    findHiddenPools(system, others, given.pools),
  ])
  return groups.flat()
}

/** An old label on a target (disko reads those of a destroyed pool too), and an imported pool of that name: the latter would
 *  be destroyed. Whether the two are one pool does not matter here; a member of an imported pool is refused as a disk in use besides. */
async function findPoolsOfOneName(
  system: System,
  erased: readonly BlockDevice[],
  imported: readonly string[],
): Promise<readonly Problem[]> {
  if (imported.length === 0) return []
  const problems = erased.map(async (disk): Promise<readonly Problem[]> => {
    const names = (await poolNamesOn(system, disk, { alsoDead: true })).filter((name) => imported.includes(name))
    return names.map((name) => ({
      code: 'pool-of-that-name-imported',
      path: ['hardware', 'disks', disk.name],
      message: `${disk.name} was once in a ZFS pool called ${name}, and a pool ${name} is imported: to erase the disk would destroy that pool`,
      hint: `end that in a shell with \`zpool export ${name}\`, then retry`,
    }))
  })
  return (await Promise.all(problems)).flat()
}

/** A volume group with a volume on a target and one elsewhere: it would be removed as a whole. Each volume names all volumes
 *  of its group, in a text in its first MiB. Source: lvm2, lib/format_text (and `pvck --dump metadata`). */
async function findSpanningGroups(
  system: System,
  erased: readonly BlockDevice[],
  others: readonly BlockDevice[],
): Promise<readonly Problem[]> {
  const volumesOf = (disk: BlockDevice) => flatten(disk).filter(({ filesystem }) => filesystem === 'LVM2_member')
  const elsewhere = others.flatMap((disk) =>
    volumesOf(disk).flatMap(({ uuid }) => (uuid === null ? [] : [{ uuid, disk: disk.name }])),
  )
  if (elsewhere.length === 0) return []
  const problems: Problem[] = []
  for (const disk of erased) {
    for (const volume of volumesOf(disk)) {
      const bytes = await system.readBytes(volume.path, { start: 0, length: MIB })
      const text = bytes === null ? '' : Buffer.from(bytes).toString('latin1')
      const other = elsewhere.find(({ uuid }) => text.includes(uuid))
      if (other === undefined) continue
      problems.push({
        code: 'volume-group-shared',
        path: ['hardware', 'disks', disk.name],
        message: `${volume.name} is in an LVM volume group together with ${other.disk}: to erase ${disk.name} would remove what is on ${other.disk} too`,
        hint: `take ${disk.name} out of the group in a shell (vgreduce), choose the other disk as well, or unplug it`,
      })
    }
  }
  return problems
}

/** A pool of our name on a disk that is not erased and that udev shows none on: it would be imported, and written to, in place
 *  of a new one. Where udev shows it, taken-names.ts has it. */
async function findHiddenPools(
  system: System,
  others: readonly BlockDevice[],
  pools: readonly string[],
): Promise<readonly Problem[]> {
  if (pools.length === 0) return []
  const problems = others.map(async (disk): Promise<readonly Problem[]> => {
    const shown = flatten(disk).flatMap(({ filesystem, label }) => (filesystem === 'zfs_member' ? (label ?? []) : []))
    const names = await poolNamesOn(system, disk)
    return pools
      .filter((pool) => names.includes(pool) && !shown.includes(pool))
      .map((pool) => ({
        code: 'pool-name-taken',
        path: ['hardware', 'disks', disk.name],
        message: `${disk.name} has labels of a ZFS pool called ${pool} from an earlier time; the new one takes that name too`,
        hint: 'take that disk out, or remove its old labels in a shell (zpool labelclear)',
      }))
  })
  return (await Promise.all(problems)).flat()
}

async function poolNamesOn(
  system: System,
  disk: BlockDevice,
  which: { readonly alsoDead?: boolean } = {},
): Promise<readonly string[]> {
  const parts = [disk, ...disk.children.filter(({ type }) => type === 'part')]
  const names: string[] = []
  for (const part of parts) names.push(...((await within(READ_MS, () => readPoolNames(system, part, which))) ?? []))
  return names
}
