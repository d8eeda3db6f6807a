import { LAYOUTS, type Layout } from '../../src/model/answers.ts'
import type { NbdCut } from '../harness/nbd-cut.ts'
import type { Lab } from '../install/disk-machine.ts'
import { tryBundles } from './bundles.ts'
import { FAULTS, faultOf } from './catalogue.ts'
import { CHANGES, type Change, cutId, tryChange, tryCut, tryInstalledAlready } from './cuts.ts'
import { tryCycles, tryInstallOver, tryLayouts, WALK_PARTS } from './dirty.ts'
import { DOOR_TASKS, killedAtDoor, powerCutAtDoor, terminalClosed, windowShrunk } from './doors.ts'
import { nameOf, POINTS, pointNamed, tryKill, tryPowerCut, trySecond, trySignal } from './kills.ts'
import type { Outcome } from './outcome.ts'
import { recordingOf } from './recording.ts'
import { trySecrets } from './secrets.ts'
import { tryFault } from './try-fault.ts'

/** Groups of runs, in the order of the table, which is also from what others need to what stands alone. */
export const GROUPS = [
  'cycles',
  'record',
  'cut',
  'changed',
  'kill',
  'fault',
  'signal',
  'bundle',
  'secrets',
  'dirty',
  'power',
  'door',
] as const
export type Group = (typeof GROUPS)[number]

/** One thing to try. `third`: part of `npm test`. `minutes`: roughly, on two cores by emulation. */
export type Point = {
  readonly id: string
  readonly group: Group
  readonly third: boolean
  readonly minutes: number
  readonly run: (lab: Lab, say: (text: string) => void) => Promise<Outcome>
}

const point = (id: string, minutes: number, run: Point['run'], third = false): Point => ({
  id,
  group: GROUPS.find((group) => id === group || id.startsWith(`${group}:`)) as Group,
  third,
  minutes,
  run,
})

export const CYCLES = 100
/** Cycles of `npm test`. */
const FEW_CYCLES = 6

/** More flushes than an install of ext4 has; a run of one that it has not is green and says so. */
const MOST_FLUSHES = { ext4: 440, zfs: 600 } as const
/** Of ZFS, whose flushes are many and alike. */
const EACH_OF_ZFS = 5
const BOOTED_OF_CUTS = 10
const RANDOM_CUTS = 30

const cut = (kind: 'ext4' | 'zfs', given: NbdCut, boots: boolean): Point =>
  point(cutId(kind, given), kind === 'ext4' ? 2 : 4, (lab, say) => tryCut(lab, { kind, cut: given, boots }, say))

/** What a seed's cut is, as soon as it is known how many flushes there are. Named by its share of them. */
const cutByShare = (name: string, share: number, seed: number, boots: boolean): Point =>
  point(
    `cut:ext4:${name}`,
    boots ? 3 : 2,
    async (lab, say) => {
      const { log } = await recordingOf(lab, 'ext4', { say })
      const last = log.marks.find(({ name: mark }) => mark === 'installed')?.flushesBefore ?? log.flushes.length
      const given: NbdCut = { flush: Math.max(1, Math.round(last * share)), keep: 'random', seed }
      say(`this is ${cutId('ext4', given)}`)
      return tryCut(lab, { kind: 'ext4', cut: given, boots }, say)
    },
    true,
  )

const seed = Number(process.env.KEYSTONE_SEED ?? 5)

const cuts: readonly Point[] = [
  ...[0.4, 0.6, 0.8].map((share, index) => cutByShare(`share-${share}`, share, seed + index, share === 0.8)),
  ...Array.from({ length: MOST_FLUSHES.ext4 }, (_, index) =>
    cut('ext4', { flush: index + 1, keep: 'none', seed: 0 }, (index + 1) % BOOTED_OF_CUTS === 0),
  ),
  ...Array.from({ length: RANDOM_CUTS }, (_, index) =>
    cut('ext4', { flush: 5 + index * 7, keep: 'random', seed: index + 1 }, false),
  ),
  ...Array.from({ length: MOST_FLUSHES.zfs / EACH_OF_ZFS }, (_, index) =>
    cut('zfs', { flush: (index + 1) * EACH_OF_ZFS, keep: 'none', seed: 0 }, (index + 1) % BOOTED_OF_CUTS === 0),
  ),
]

/** `--again` makes a new one, and with it other cuts. */
const record = (kind: 'ext4' | 'zfs', minutes: number, third: boolean): Point =>
  point(
    `record:${kind}`,
    minutes,
    async (lab, say) =>
      (await recordingOf(lab, kind, { say, again: process.env.KEYSTONE_RECORD_AGAIN === '1' })).outcome,
    third,
  )

const KILLS_OF_THIRD = ['install:during']

const kills: readonly Point[] = POINTS.flatMap((at) => [
  point(`kill:ext4:${nameOf(at)}`, 3, (lab, say) => tryKill(lab, 'ext4', at, say), KILLS_OF_THIRD.includes(nameOf(at))),
])

/** With ZFS it is the pool and its credstore that are found half open. */
const killsOfZfs: readonly Point[] = [
  'partition:during',
  'build:before',
  'install:during',
  'enroll-keys:during',
  'unmount:during',
].map((name) => point(`kill:zfs:${name}`, 5, (lab, say) => tryKill(lab, 'zfs', pointNamed(name), say)))

const powers: readonly Point[] = POINTS.filter(({ moment }) => moment === 'during')
  .filter(({ task }) => task !== 'preflight')
  .map((at) => point(`power:ext4:${nameOf(at)}`, 5, (lab, say) => tryPowerCut(lab, 'ext4', at, say)))

const powersOfZfs: readonly Point[] = ['build:during', 'install:during', 'unmount:during'].map((name) =>
  point(`power:zfs:${name}`, 7, (lab, say) => tryPowerCut(lab, 'zfs', pointNamed(name), say)),
)

const doors: readonly Point[] = [
  ...DOOR_TASKS.map((task) => point(`door:kill:${task}`, 5, () => killedAtDoor({ task, moment: 'during', msIn: 200 }))),
  ...(['build', 'install', 'passwords', 'enroll-keys'] as const).map((task) =>
    point(`door:power:${task}`, 7, (lab) => powerCutAtDoor(lab, { task, moment: 'during', msIn: 500 })),
  ),
  ...(['HUP', 'TERM', 'INT'] as const).map((signal) => point(`door:${signal}`, 5, () => terminalClosed(signal))),
  point('door:shrunk', 6, () => windowShrunk()),
]

const overOf = (layout: Layout): Layout => LAYOUTS[(LAYOUTS.indexOf(layout) + 3) % LAYOUTS.length] ?? layout

const dirty: readonly Point[] = [
  point(
    'dirty:chosen',
    2,
    (lab, say) => tryLayouts(lab, 'chosen', ['single-zfs', 'mirror-zfs', 'single-ext4'], say),
    true,
  ),
  ...WALK_PARTS.map((layouts, index) =>
    point(`dirty:walk-${index + 1}`, 10, (lab, say) => tryLayouts(lab, `walk-${index + 1}`, layouts, say)),
  ),
  ...LAYOUTS.map((layout, index) =>
    point(`dirty:install-${layout}`, 6, (lab, say) =>
      tryInstallOver(lab, layout, overOf(layout), index % 3 === 0, say),
    ),
  ),
]

export const ALL_POINTS: readonly Point[] = [
  point('cycles:few', 2, (lab, say) => tryCycles(lab, FEW_CYCLES, say), true),
  point(`cycles:${CYCLES}`, 20, (lab, say) => tryCycles(lab, CYCLES, say)),
  record('ext4', 4, true),
  record('zfs', 6, false),
  ...cuts,
  ...CHANGES.map((change: Change) =>
    point(`changed:${change}`, 1, (lab, say) => tryChange(lab, change, say), change === 'other-size'),
  ),
  point('changed:nothing', 1, (lab, say) => tryInstalledAlready(lab, say), true),
  ...kills,
  ...killsOfZfs,
  ...FAULTS.map(({ id, third }) => point(`fault:${id}`, 3, (lab, say) => tryFault(lab, faultOf(id), say), third)),
  ...(['INT', 'TERM', 'HUP'] as const).flatMap((signal) =>
    (['partition', 'build', 'install'] as const).map((task) =>
      point(
        `signal:${signal}:${task}`,
        2,
        (lab) => trySignal(lab, signal, { task, moment: 'during', msIn: 1000 }),
        signal === 'TERM' && task === 'partition',
      ),
    ),
  ),
  point('signal:second-installer', 3, (lab) => trySecond(lab)),
  point('bundle:four-ways', 2, (lab, say) => tryBundles(lab, say), true),
  point('secrets:all-places', 7, (lab, say) => trySecrets(lab, say)),
  ...dirty,
  ...powers,
  ...powersOfZfs,
  ...doors,
]

export const THIRD: readonly Point[] = ALL_POINTS.filter(({ third }) => third)

/** By id, or all that begin with the words: `cut:ext4:12:none:0`, `fault`, `kill:ext4`. A cut may be any flush and seed: it is
 *  made on the spot. @throws for what is not there. */
export function findPoints(words: readonly string[]): readonly Point[] {
  return words.flatMap((word) => {
    const found = ALL_POINTS.filter(({ id }) => id === word || id.startsWith(`${word}:`))
    if (found.length > 0) return found
    const match = /^cut:(ext4|zfs):(\d+):(none|random):(\d+)$/.exec(word)
    if (match === null) throw new Error(`there is nothing called ${word}; --list shows what there is`)
    const [, kind, flush, keep, chosen] = match
    const given = { flush: Number(flush), keep: keep === 'random' ? 'random' : 'none', seed: Number(chosen) } as const
    return [cut(kind === 'zfs' ? 'zfs' : 'ext4', given, true)]
  })
}
