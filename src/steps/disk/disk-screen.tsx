import { contentsWords } from '../../hardware/disk-contents.ts'
import { LAYOUTS, type Layout } from '../../model/answers.ts'
import type { Disk } from '../../model/hardware.ts'
import type { Problem } from '../../model/problem.ts'
import { formatSize, parseSize } from '../../model/size.ts'
import { DISKS_NEEDED, LAYOUT_TITLES } from '../../plan/disk-layout.ts'
import { partitionRows } from '../../ui/partition-rows.ts'
import type { Row } from '../../ui/rows.ts'
import { problemsAt, type StepScreen, type StepScreenProps } from '../../ui/step-screen.ts'
import { targetProblems } from './target-problems.ts'

type Props = StepScreenProps<'disk'>

const LAYOUT_DETAILS: Readonly<Record<Layout, string>> = {
  'single-zfs': 'Checks all data for damage, and takes a snapshot each hour.',
  'mirror-zfs': 'As above, and the machine goes on when one of the disks dies.',
  'single-ext4': 'Plain and small.',
}
/** As people choose them, not as the model lists them. */
const ORDER: readonly Layout[] = ['single-zfs', 'mirror-zfs', 'single-ext4']

export const diskScreen: StepScreen<'disk'> = (props) => {
  const { draft, problems } = props
  const isMirror = neededDisks(draft.layout) === 2
  const disks = usableFirst(props)
  const ofAllDisks = problems.filter(({ path }) => path[1] === 'devices' && !disks.some((_, at) => path[2] === at))
  return [
    { kind: 'heading', text: 'How should the disks be used?' },
    ...ORDER.map((layout) => layoutRow(layout, props)),
    { kind: 'blank' },
    { kind: 'heading', text: isMirror ? 'Which two disks? Both are erased.' : 'Which disk? It is erased.' },
    ...(props.hardware.disks.length === 0
      ? [{ kind: 'note' as const, text: 'No disk was found in this machine.', tone: 'warning' as const }]
      : []),
    {
      kind: 'problems',
      problems: ofAllDisks,
      words: ofAllDisks.map((problem) => onThisPage(problem, draft)),
      fieldId: `disk-${disks[0]?.name}`,
    },
    ...disks.map((disk) => diskRow(disk, isMirror, props)),
    { kind: 'blank' },
    {
      kind: 'text',
      id: 'swap',
      label: 'Swap on each disk',
      value: draft.swap,
      hint: 'such as 4GiB, or 0 for none',
      problems: problemsAt(problems, 'disk', 'swap'),
      onChange: (swap) => props.onChange({ ...draft, swap }),
    },
    ...partitionRows(draft, props.hardware, props.width),
  ]
}

/** The answer file knows layouts by their short names, the page by their titles. */
function onThisPage(problem: Problem, { layout, devices }: Props['draft']): Problem {
  if (problem.code !== 'too-few-disks' && problem.code !== 'too-many-disks') return problem
  const needed = neededDisks(layout)
  const disks = needed === 1 ? '1 disk' : `${needed} disks`
  const found =
    devices.length === 0 ? 'none is chosen' : `${devices.length} ${devices.length === 1 ? 'is' : 'are'} chosen`
  return { ...problem, message: `this needs exactly ${disks}, and ${found}`, hint: 'choose with the space bar' }
}

function layoutRow(layout: Layout, { draft, hardware, onChange, problems }: Props): Row {
  const usable = hardware.disks.filter((disk) => blockReason(disk, draft.swap) === null)
  const needed = DISKS_NEEDED[layout]
  const isMirrorOfTooFew = needed > 1 && usable.length < needed
  return {
    kind: 'choice',
    id: layout,
    group: 'layout',
    label: LAYOUT_TITLES[layout],
    detail: LAYOUT_DETAILS[layout],
    isChosen: draft.layout === layout,
    problems: layout === draft.layout ? problemsAt(problems, 'disk', 'layout') : [],
    ...(isMirrorOfTooFew && {
      blockedBecause: `it needs ${needed} disks, and ${usable.length === 0 ? 'none' : usable.length} can be used`,
    }),
    onChoose() {
      // The disks that were chosen stay chosen; a mirror takes the next free one along.
      const others = usable.flatMap(({ id }) => (id === null || draft.devices.includes(id) ? [] : [id]))
      onChange({ ...draft, layout, devices: [...draft.devices, ...others].slice(0, needed) })
    },
  }
}

function diskRow(disk: Disk, isMirror: boolean, { draft, onChange, problems }: Props): Row {
  const id = disk.id ?? disk.path
  const at = draft.devices.indexOf(id)
  const blocked = blockReason(disk, draft.swap)
  const row = {
    id: `disk-${disk.name}`,
    label: `${disk.name}  ${disk.model ?? 'no model name'}, ${formatSize(disk.sizeBytes)}, ${kindWord(disk)}`,
    detail: `${disk.serial === null ? 'no serial number' : `serial ${disk.serial}`}; ${contentsWords(disk)}`,
    problems: at < 0 ? [] : problemsAt(problems, 'disk', 'devices', at),
    // One that is chosen already stays selectable, so that it can be taken off.
    ...(blocked !== null && at < 0 && { blockedBecause: blocked }),
  }
  if (!isMirror) {
    return {
      ...row,
      kind: 'choice',
      group: 'disk',
      isChosen: at >= 0,
      onChoose: () => onChange({ ...draft, devices: [id] }),
    }
  }
  const devices = at >= 0 ? draft.devices.filter((device) => device !== id) : [...draft.devices, id]
  return { ...row, kind: 'check', isChecked: at >= 0, onToggle: () => onChange({ ...draft, devices }) }
}

function usableFirst({ hardware, draft }: Props): readonly Disk[] {
  const rank = (disk: Disk) => (blockReason(disk, draft.swap) === null ? 0 : 1)
  return hardware.disks.toSorted((one, other) => rank(one) - rank(other))
}

function blockReason(disk: Disk, swap: string): string | null {
  return targetProblems(disk, parseSize(swap) ?? 0, [])[0]?.message ?? null
}

function neededDisks(layout: string): number {
  const known = LAYOUTS.find((candidate) => candidate === layout)
  return known ? DISKS_NEEDED[known] : 1
}

const KIND_WORDS: Readonly<Record<Disk['kind'], string>> = {
  nvme: 'NVMe',
  ssd: 'SSD',
  hdd: 'hard disk',
  virtual: 'virtual',
  unknown: 'kind unknown',
}

function kindWord({ kind, transport, isRemovable }: Disk): string {
  const usb = kind === 'unknown' ? 'USB' : `${KIND_WORDS[kind]} by USB`
  const word = transport === 'usb' ? usb : KIND_WORDS[kind]
  return isRemovable ? `${word}, removable` : word
}
