import { holdsKnownData } from '../hardware/disk-contents.ts'
import type { Layout } from '../model/answers.ts'
import type { Disk, Hardware } from '../model/hardware.ts'
import { countRule, filesystemOf, LAYOUT_TITLES, SHAPE_RULES, shapeOf } from '../plan/layouts.ts'
import type { Drafts } from '../steps/step.ts'
import type { Row } from './rows.ts'
import { problemsAt, type StepScreenProps } from './step-screen.ts'

const LAYOUT_DETAILS: Readonly<Record<Layout, string>> = {
  'single-zfs': 'Checks all data for damage, and takes a snapshot each hour.',
  'mirror-zfs': 'The same data on two disks or more; goes on while one is left.',
  'raidz1-zfs': 'Three disks or more; goes on when one of them dies.',
  'raidz2-zfs': 'Four disks or more; goes on when two of them die.',
  'raidz3-zfs': 'Five disks or more; goes on when three of them die.',
  'raid10-zfs': 'Pairs, four disks or more; faster than RAIDZ, but holds less.',
  'stripe-zfs': 'The space of all disks; all is lost when one of them dies.',
  'single-ext4': 'Plain and small.',
  'single-xfs': 'Plain, and good with large files.',
}
/** As people choose them, not as the model lists them. */
const ORDER: readonly Layout[] = [
  'single-zfs',
  'mirror-zfs',
  'raidz1-zfs',
  'raidz2-zfs',
  'raidz3-zfs',
  'raid10-zfs',
  'stripe-zfs',
  'single-ext4',
  'single-xfs',
]

type Props = Pick<StepScreenProps<'disk'>, 'draft' | 'hardware' | 'problems' | 'onChange'>

/** All layouts; those that do not fit this machine come last, and say why. `usable`: the disks that can be a system disk. */
export function layoutRows(props: Props, usable: readonly Disk[]): readonly Row[] {
  const rows = ORDER.map((layout) => layoutRow(layout, props, usable))
  return rows.toSorted((one, other) => Number('blockedBecause' in one) - Number('blockedBecause' in other))
}

function layoutRow(layout: Layout, { draft, hardware, problems, onChange }: Props, usable: readonly Disk[]): Row {
  const shape = shapeOf(layout)
  const isChosen = draft.layout === layout
  const isTooFew = SHAPE_RULES[shape].least > Math.max(1, usable.length)
  const found = usable.length === 0 ? 'none' : usable.length
  return {
    kind: 'choice',
    id: layout,
    group: 'layout',
    label: LAYOUT_TITLES[layout],
    isChosen,
    problems: isChosen ? problemsAt(problems, 'disk', 'layout') : [],
    // One that is chosen already stays selectable: its problem stands at the disks.
    ...(isTooFew && !isChosen
      ? { blockedBecause: `it needs ${countRule(shape)}; ${found} can be used` }
      : { detail: LAYOUT_DETAILS[layout] }),
    onChoose: () => onChange({ ...draft, layout, devices: devicesFor(layout, draft, usable, hardware) }),
  }
}

/** The disks that were chosen stay chosen, as many as the layout takes; what it lacks are free ones: those without
 *  data before the others, and of each those most like the first. */
function devicesFor(layout: Layout, draft: Drafts['disk'], usable: readonly Disk[], hardware: Hardware): string[] {
  const { least, most } = SHAPE_RULES[shapeOf(layout)]
  const kept = draft.devices.slice(0, most ?? draft.devices.length)
  const first = hardware.disks.find(({ id }) => id === kept[0])
  const taken = new Set([draft.devices, draft.spares, draft.log, draft.cache, draft.special, draft.dataDevices].flat())
  const distance = (disk: Disk) => (first ? Math.abs(disk.sizeBytes - first.sizeBytes) : 0)
  const others = usable
    .filter(({ isRemovable }) => !isRemovable)
    .toSorted(
      (one, other) => Number(holdsKnownData(one)) - Number(holdsKnownData(other)) || distance(one) - distance(other),
    )
    .flatMap(({ id }) => (id === null || taken.has(id) ? [] : [id]))
  return [...kept, ...others.slice(0, Math.max(0, least - kept.length))]
}

/** Why this layout cannot hibernate, or null. */
export function hibernationBlock(layout: string): string | null {
  const known = ORDER.find((candidate) => candidate === layout)
  return known && filesystemOf(known) === 'zfs'
    ? 'with ZFS the pool could be damaged when the machine comes back'
    : null
}
