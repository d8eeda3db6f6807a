import { type BlockDevice, flatten } from '../hardware/lsblk.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'

/** Names that the install is going to give and that another disk has already, from an earlier install of this kind. Partitions
 *  are formatted by their GPT label, and udev lets a label that is there twice lead to either: the other disk would be
 *  written to. A pool that is there twice is not found at boot. `others`: the disks that are no targets. */
export function findTakenNames({ storage }: Plan, others: readonly BlockDevice[]): readonly Problem[] {
  const keys = new Set(storage.disks.map(({ key }) => key))
  const pools = [storage.pool, storage.dataPool?.pool].filter((pool) => typeof pool === 'string')
  return others.flatMap((disk) => {
    const parts = flatten(disk)
    const labels = parts.flatMap(({ partitionLabel }) => partitionLabel ?? [])
    const taken = labels.find((label) => keys.has(/^disk-([a-z0-9]+)-(esp|swap|root|zfs)$/.exec(label)?.[1] ?? ''))
    const pool = pools.find((name) => parts.some((part) => part.filesystem === 'zfs_member' && part.label === name))
    const path = ['hardware', 'disks', disk.name]
    const hint = 'take that disk out, erase it, or choose it as well'
    const problems: Problem[] = []
    if (taken !== undefined) {
      const message = `${disk.name} has a partition called ${taken} from an earlier installation; the new one takes that name too`
      problems.push({ code: 'partition-name-taken', path, message, hint })
    }
    if (pool !== undefined) {
      const message = `${disk.name} holds a ZFS pool called ${pool} from an earlier installation; the new one takes that name too`
      problems.push({ code: 'pool-name-taken', path, message, hint })
    }
    return problems
  })
}
