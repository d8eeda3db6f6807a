import type { DataPoolLayout, Layout } from '../../model/answers.ts'
import { countRule, disksThatMayFail, filesystemOf, fitsShape, SHAPE_RULES, shapeOf } from '../../plan/layouts.ts'
import type { Finding } from '../field.ts'

/** The rules between the keys of the disk step that need no machine. Keys with a problem of their own are undefined. */
export type DiskFields = {
  layout: Layout
  devices: readonly string[]
  swap: string
  hibernation: boolean
  spares: readonly string[]
  log: readonly string[]
  cache: readonly string[]
  special: readonly string[]
  dataLayout: DataPoolLayout | 'none'
  dataDevices: readonly string[]
}
type Report = (path: readonly (string | number)[], finding: Finding) => void

/** All lists of disks, in the order in which they are judged. */
export const DISK_LISTS = ['devices', 'spares', 'log', 'cache', 'special', 'dataDevices'] as const
export type DiskList = (typeof DISK_LISTS)[number]

export const LIST_WORDS: Readonly<Record<DiskList, string>> = {
  devices: 'system disk',
  special: 'special disk',
  log: 'log disk',
  cache: 'cache disk',
  spares: 'spare disk',
  dataDevices: 'disk of the data pool',
}

export function checkDiskRules(fields: Partial<DiskFields>, report: Report): void {
  checkRepeats(fields, report)
  const { layout, devices, dataLayout, dataDevices } = fields
  if (layout && devices) checkCount('devices', layout, shapeOf(layout), devices.length, report)
  checkExtraDisks(fields, report)
  checkHibernation(fields, report)
  if (!dataLayout || !dataDevices) return
  if (dataLayout !== 'none') checkCount('dataDevices', dataLayout, dataLayout, dataDevices.length, report)
  else if (dataDevices.length > 0) {
    const message = 'disks are given for a data pool, but dataLayout is none'
    report(['dataDevices'], {
      code: 'no-data-layout',
      message,
      hint: 'choose a dataLayout, or take the disks off the list',
    })
  }
}

function checkRepeats(fields: Partial<DiskFields>, report: Report): void {
  const seen = new Map<string, DiskList>()
  for (const list of DISK_LISTS) {
    fields[list]?.forEach((device, index) => {
      const before = seen.get(device)
      seen.set(device, before ?? list)
      if (before === undefined) return
      const message =
        before === list ? 'this disk is on the list already' : `this disk is a ${LIST_WORDS[before]} already`
      const hint = 'choose another disk, or take it off the list'
      report([list, index], { code: 'same-disk-twice', message, hint })
    })
  }
}

function checkCount(list: DiskList, name: string, shape: DataPoolLayout, count: number, report: Report): void {
  if (fitsShape(shape, count)) return
  const { least, most } = SHAPE_RULES[shape]
  const message = `${name} needs ${countRule(shape)}, got ${count}`
  if (count < least) {
    const hint =
      count === 0
        ? `choose ${least === 1 ? 'a disk' : 'disks'}`
        : `add ${least - count === 1 ? 'a disk' : `${least - count} disks`}, or choose ${otherLayout(name, count)}`
    report([list], { code: 'too-few-disks', message, hint })
  } else if (most !== null) {
    const hint = `take ${count - most === 1 ? 'one disk' : 'disks'} off the list, or choose ${otherLayout(name, count)}`
    report([list], { code: 'too-many-disks', message, hint })
  } else report([list], { code: 'odd-disks', message, hint: 'add a disk, or take one off the list' })
}

/** A layout that fits so many disks, named as the refused one was: `mirror-zfs` or `mirror`. */
function otherLayout(name: string, count: number): string {
  const shape = count === 1 ? 'single' : count === 2 ? 'mirror' : count === 3 ? 'raidz1' : 'raidz2'
  return name.includes('-') ? `${shape}-zfs` : shape
}

function checkExtraDisks({ layout, devices, ...lists }: Partial<DiskFields>, report: Report): void {
  const extras = ['spares', 'log', 'cache', 'special'] as const
  if (!layout) return
  if (filesystemOf(layout) !== 'zfs') {
    for (const list of extras) {
      if (!lists[list]?.length) continue
      const message = `a ${LIST_WORDS[list]} needs a ZFS layout, got ${layout}`
      report([list], { code: 'needs-zfs', message, hint: 'choose a ZFS layout, or leave the list empty' })
    }
    return
  }
  const isRedundant = disksThatMayFail(shapeOf(layout), devices?.length ?? 2) > 0
  if (lists.spares?.length && !isRedundant) {
    const message = `a spare disk takes the place of one that died; with ${layout} the data would be lost before`
    report(['spares'], { code: 'spare-without-redundancy', message, hint: 'choose mirror-zfs or RAIDZ, or no spare' })
  }
  if (lists.special?.length === 1 && isRedundant) {
    const message = `all data is lost with the special disk, and ${layout} is meant to survive a disk that dies`
    report(['special'], {
      code: 'special-not-redundant',
      message,
      hint: 'add a second special disk; they become a mirror',
    })
  }
  if (lists.log && lists.log.length > 2) {
    const message = `there is one log disk, or two as a mirror, got ${lists.log.length}`
    report(['log'], { code: 'too-many-disks', message, hint: 'take disks off the list' })
  }
}

function checkHibernation({ layout, swap, hibernation }: Partial<DiskFields>, report: Report): void {
  if (!hibernation) return
  if (layout && filesystemOf(layout) === 'zfs') {
    report(['hibernation'], {
      code: 'hibernation-on-zfs',
      message:
        'hibernation does not go with ZFS: the pool can be damaged when it is imported before the machine resumes',
      hint: 'choose single-ext4 or single-xfs, or no hibernation',
    })
  }
  if (swap !== undefined && swap.trim() === '0') {
    const message = 'hibernation writes the memory to swap, and there is none'
    report(['swap'], {
      code: 'swap-too-small',
      message,
      hint: 'give swap the size of the memory, or choose no hibernation',
    })
  }
}
