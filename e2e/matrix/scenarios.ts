import { LAYOUTS, type Layout, UNLOCKS, type Unlock } from '../../src/model/answers.ts'
import { fitsShape, shapeOf } from '../../src/plan/layouts.ts'
import type { DiskSpec } from '../harness/disks.ts'
import type { AnswerOptions } from '../install/answers.ts'

/** One install to try. `id` is `<layout>/<unlock>`, or `<what else>/<unlock>`. */
export type Scenario = {
  readonly id: string
  readonly layout: Layout
  readonly unlock: Unlock
  readonly answers: AnswerOptions
  /** Sets of disks that may be missing at a boot, each tried on its own. */
  readonly pulls: readonly (readonly string[])[]
  readonly hibernates: boolean
}

const GIB = 2 ** 30

/** The disks of all scenarios: sizes that differ, as they do when a disk is replaced by what can be bought. Sparse files. */
const DISKS: readonly DiskSpec[] = [8, 9, 8, 10, 8, 8, 8, 8, 8, 8].map((gibibytes, index) => ({
  id: diskId(index),
  sizeBytes: gibibytes * GIB,
}))

/** The disks of a scenario's machine: up to the last one it takes, because each costs time at every boot. */
export function disksOfMachine({ answers: { diskIds, more = {}, dataIds = [] } }: Scenario): readonly DiskSpec[] {
  const used = [...diskIds, ...Object.values(more).flat(), ...dataIds]
  return DISKS.slice(0, DISKS.findLastIndex(({ id }) => used.includes(id)) + 1)
}

function diskId(index: number): string {
  return `keystone-${String.fromCharCode(97 + index)}`
}

/** The fewest disks a layout takes. */
function disksOf(layout: Layout): readonly string[] {
  const ids = DISKS.map(({ id }) => id)
  const count = ids.findIndex((_, index) => fitsShape(shapeOf(layout), index + 1)) + 1
  return ids.slice(0, count)
}

/** The first disk with the loader that the firmware knows, the last one, and as many together as may die. */
function pullsOf(layout: Layout, disks: readonly string[]): readonly (readonly string[])[] {
  const [first = '', second = '', third = ''] = disks
  const last = disks.at(-1) ?? ''
  switch (shapeOf(layout)) {
    case 'mirror':
    case 'raidz1':
      return [[first], [last]]
    case 'raid10':
      return [[first], [last], [first, last]]
    case 'raidz2':
      return [[first], [last], [first, second]]
    case 'raidz3':
      return [[first], [last], [first, second, third]]
    default:
      return []
  }
}

const pairs: readonly Scenario[] = LAYOUTS.flatMap((layout) =>
  UNLOCKS.map((unlock): Scenario => {
    const diskIds = disksOf(layout)
    return {
      id: `${layout}/${unlock}`,
      layout,
      unlock,
      answers: { layout, unlock, diskIds },
      // A missing disk and the way to unlock have nothing to do with each other: one way is enough.
      pulls: unlock === 'tpm' ? pullsOf(layout, diskIds) : [],
      hibernates: false,
    }
  }),
)

const [a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = '', i = '', j = ''] = DISKS.map(({ id }) => id)
const more: readonly Scenario[] = [
  {
    id: 'all-vdevs-and-data-pool/tpm',
    layout: 'raid10-zfs',
    unlock: 'tpm',
    answers: {
      layout: 'raid10-zfs',
      unlock: 'tpm',
      diskIds: [a, b, c, d],
      more: { spares: [e], log: [f], special: [g, h] },
      dataLayout: 'mirror',
      dataIds: [i, j],
    },
    // The last set has both disks of the data pool: the machine boots without it. The log disk is not tried: it has no copy,
    // and ZFS leaves it to a person whether the last seconds of writes may be lost (zpool import -m).
    pulls: [
      [a, g],
      [i, j],
    ],
    hibernates: false,
  },
  {
    id: 'data-pool/none',
    layout: 'single-xfs',
    unlock: 'none',
    answers: { layout: 'single-xfs', unlock: 'none', diskIds: [a], dataLayout: 'raidz1', dataIds: [b, c, d] },
    pulls: [[b]],
    hibernates: false,
  },
  ...(['single-ext4', 'single-xfs'] as const).map(
    (layout): Scenario => ({
      id: `${layout}-hibernation/tpm`,
      layout,
      unlock: 'tpm',
      answers: { layout, unlock: 'tpm', diskIds: [a], swap: '2GiB', hibernation: true },
      pulls: [],
      hibernates: true,
    }),
  ),
]

/** Every layout × unlock, and what goes beyond them. */
export const SCENARIOS: readonly Scenario[] = [...pairs, ...more]

/** Those of `npm test`, besides what its other runs install (ZFS and ext4 on one disk, XFS with PIN): parity, several boot
 *  partitions, a missing disk. Each costs minutes. */
export const CHOSEN: readonly string[] = ['raidz1-zfs/tpm']

/** By id, or all with the same beginning or end: `raidz1-zfs/tpm`, `raidz1-zfs`, `none`. Throws for what is not there. */
export function findScenarios(words: readonly string[]): readonly Scenario[] {
  for (const word of words) {
    if (!SCENARIOS.some((scenario) => isMeant(scenario, word))) throw new Error(`there is no pair ${word}`)
  }
  return SCENARIOS.filter((scenario) => words.some((word) => isMeant(scenario, word)))
}

const isMeant = ({ id }: Scenario, word: string) => id === word || id.split('/').includes(word)
