import type { DataPoolLayout, Layout } from '../model/answers.ts'

export type RootFilesystem = 'zfs' | 'ext4' | 'xfs'

/** How disks stand together, whatever lies on them. */
type ShapeRule = {
  /** How many disks it takes. `most` null: any number. */
  readonly least: number
  readonly most: number | null
  readonly isEven: boolean
}

/** RAIDZ with fewer disks than these is possible, but a mirror of the same disks holds as much and is faster. */
export const SHAPE_RULES: Readonly<Record<DataPoolLayout, ShapeRule>> = {
  single: { least: 1, most: 1, isEven: false },
  mirror: { least: 2, most: null, isEven: false },
  stripe: { least: 2, most: null, isEven: false },
  raidz1: { least: 3, most: null, isEven: false },
  raidz2: { least: 4, most: null, isEven: false },
  raidz3: { least: 5, most: null, isEven: false },
  raid10: { least: 4, most: null, isEven: true },
}

const LAYOUT_PARTS: Readonly<Record<Layout, readonly [DataPoolLayout, RootFilesystem]>> = {
  'single-ext4': ['single', 'ext4'],
  'single-xfs': ['single', 'xfs'],
  'single-zfs': ['single', 'zfs'],
  'mirror-zfs': ['mirror', 'zfs'],
  'stripe-zfs': ['stripe', 'zfs'],
  'raidz1-zfs': ['raidz1', 'zfs'],
  'raidz2-zfs': ['raidz2', 'zfs'],
  'raidz3-zfs': ['raidz3', 'zfs'],
  'raid10-zfs': ['raid10', 'zfs'],
}

export function shapeOf(layout: Layout): DataPoolLayout {
  return LAYOUT_PARTS[layout][0]
}

export function filesystemOf(layout: Layout): RootFilesystem {
  return LAYOUT_PARTS[layout][1]
}

export const SHAPE_TITLES: Readonly<Record<DataPoolLayout, string>> = {
  single: 'One disk',
  mirror: 'Mirror',
  stripe: 'Stripe',
  raidz1: 'RAIDZ1',
  raidz2: 'RAIDZ2',
  raidz3: 'RAIDZ3',
  raid10: 'Striped mirrors (RAID10)',
}

export const LAYOUT_TITLES: Readonly<Record<Layout, string>> = {
  'single-ext4': 'One disk, ext4',
  'single-xfs': 'One disk, XFS',
  'single-zfs': 'One disk, ZFS',
  'mirror-zfs': 'Mirror, ZFS',
  'stripe-zfs': 'Stripe, ZFS',
  'raidz1-zfs': 'RAIDZ1, ZFS',
  'raidz2-zfs': 'RAIDZ2, ZFS',
  'raidz3-zfs': 'RAIDZ3, ZFS',
  'raid10-zfs': 'Striped mirrors (RAID10), ZFS',
}

/** `exactly 1 disk`, `at least 3 disks`, `at least 4 disks, in pairs`. */
export function countRule(shape: DataPoolLayout): string {
  const { least, most, isEven } = SHAPE_RULES[shape]
  const disks = least === 1 ? '1 disk' : `${least} disks`
  return `${most === least ? 'exactly' : 'at least'} ${disks}${isEven ? ', in pairs' : ''}`
}

export function fitsShape(shape: DataPoolLayout, count: number): boolean {
  const { least, most, isEven } = SHAPE_RULES[shape]
  return count >= least && (most === null || count <= most) && !(isEven && count % 2 === 1)
}

/** How many disks may die, whichever they are, before data is lost. */
export function disksThatMayFail(shape: DataPoolLayout, count: number): number {
  if (shape === 'mirror') return Math.max(0, count - 1)
  return { single: 0, stripe: 0, raidz1: 1, raidz2: 2, raidz3: 3, raid10: 1 }[shape]
}
