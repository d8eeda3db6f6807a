import { DATA_POOL_LAYOUTS, LAYOUTS } from '../../model/answers.ts'
import type { Hardware } from '../../model/hardware.ts'
import type { Problem } from '../../model/problem.ts'
import { parseSize } from '../../model/size.ts'
import { countRule, SHAPE_RULES, SHAPE_TITLES, shapeOf } from '../../plan/layouts.ts'
import { DEFAULT_ESP_BYTES } from '../../plan/sizes.ts'
import { diskRows, rowId, usableDisks } from '../../ui/disk-rows.ts'
import { hibernationBlock, layoutRows } from '../../ui/layout-rows.ts'
import { partitionRows } from '../../ui/partition-rows.ts'
import type { Row } from '../../ui/rows.ts'
import { problemsAt, type StepScreen, type StepScreenProps } from '../../ui/step-screen.ts'
import { DISK_LISTS, type DiskList, LIST_WORDS } from './disk-rules.ts'
import { swapForHibernation } from './swap.ts'

type Props = StepScreenProps<'disk'>

export const diskScreen: StepScreen<'disk'> = (props) => {
  const { draft, hardware } = props
  const boot = { espBytes: parseSize(draft.esp) ?? DEFAULT_ESP_BYTES, swapBytes: parseSize(draft.swap) ?? 0 }
  const layout = LAYOUTS.find((candidate) => candidate === draft.layout)
  const isSingle = !layout || SHAPE_RULES[shapeOf(layout)].most === 1
  return [
    { kind: 'heading', text: 'How should the disks be used?' },
    ...layoutRows(props, usableDisks(hardware.disks, boot)),
    { kind: 'blank' },
    { kind: 'heading', text: isSingle ? 'Which disk? It is erased.' : 'Which disks? All that are chosen are erased.' },
    ...(hardware.disks.length === 0
      ? [{ kind: 'note' as const, text: 'No disk was found in this machine.', tone: 'warning' as const }]
      : []),
    ...listRows('devices', isSingle, layout && countRule(shapeOf(layout)), boot, props),
    ...extraRows(props),
    { kind: 'blank' },
    ...sizeRows(props),
    ...dataRows(props),
    ...partitionRows(draft, hardware, props.width),
  ]
}

function listRows(
  list: 'devices' | 'dataDevices',
  isSingle: boolean,
  rule: string | undefined,
  boot: { espBytes: number; swapBytes: number } | null,
  props: Props,
): readonly Row[] {
  const rows = diskRows({ list, isSingle, boot }, props)
  // What stands at a disk that this machine does not have stands here too.
  const isShown = (at: unknown) =>
    props.hardware.disks.some(({ id }) => id !== null && id === props.draft[list][Number(at)])
  const problems = problemsAt(props.problems, 'disk', list).filter(
    ({ path }) => path[2] === undefined || !isShown(path[2]),
  )
  const first = rows.find((row) => 'id' in row && !('blockedBecause' in row))
  const words = problems.map((problem) => onThisPage(problem, rule, props.draft[list].length))
  const fieldId = first && 'id' in first ? first.id : rowId(list, { name: '' })
  return [{ kind: 'problems', problems, words, fieldId }, ...rows]
}

const COUNT_PROBLEMS = ['too-few-disks', 'too-many-disks', 'odd-disks']

/** The answer file knows layouts by their short names, the page by their titles. */
function onThisPage(problem: Problem, rule: string | undefined, count: number): Problem {
  if (!COUNT_PROBLEMS.includes(problem.code) || rule === undefined) return problem
  const found = count === 0 ? 'none is chosen' : `${count} ${count === 1 ? 'is' : 'are'} chosen`
  return { ...problem, message: `this needs ${rule}, and ${found}`, hint: 'choose with the space bar' }
}

const HIBERNATION_DETAIL =
  'The machine can be off and go on where it was. Swap becomes one file, as large as the memory.'

function sizeRows({ draft, hardware, problems, onChange }: Props): readonly Row[] {
  const { hibernation } = draft
  const blocked = hibernation ? null : hibernationBlock(draft.layout)
  return [
    {
      kind: 'text',
      id: 'esp',
      label: 'Boot partition',
      value: draft.esp,
      hint: 'on each system disk, such as 1GiB',
      problems: problemsAt(problems, 'disk', 'esp'),
      onChange: (esp) => onChange({ ...draft, esp }),
    },
    {
      kind: 'text',
      id: 'swap',
      label: hibernation ? 'Swap file' : 'Swap on each disk',
      value: draft.swap,
      hint: 'such as 4GiB, or 0 for none',
      problems: problemsAt(problems, 'disk', 'swap'),
      onChange: (swap) => onChange({ ...draft, swap }),
    },
    {
      kind: 'check',
      id: 'hibernation',
      label: 'Hibernation',
      isChecked: hibernation,
      problems: problemsAt(problems, 'disk', 'hibernation'),
      ...(blocked === null ? { detail: HIBERNATION_DETAIL } : { blockedBecause: blocked }),
      onToggle() {
        const swap = hibernation ? draft.swap : largerSwap(draft.swap, hardware)
        onChange({ ...draft, hibernation: !hibernation, swap })
      },
    },
  ]
}

function largerSwap(swap: string, { memoryBytes }: Hardware): string {
  const isEnough = memoryBytes !== 'unknown' && (parseSize(swap) ?? 0) >= memoryBytes
  return isEnough ? swap : (swapForHibernation(memoryBytes) ?? swap)
}

/** A second pool: its layout, and the disks once it has one. */
function dataRows(props: Props): readonly Row[] {
  const { draft, hardware, problems, onChange } = props
  const free = hardware.disks.filter(({ id }) => id !== null && !isElsewhere(id, draft))
  const usable = usableDisks(free, null).length
  const layout = DATA_POOL_LAYOUTS.find((candidate) => candidate === draft.dataLayout)
  return [
    { kind: 'blank' },
    { kind: 'heading', text: 'A second pool for data, on other disks?' },
    {
      kind: 'select',
      id: 'dataLayout',
      label: 'Data pool',
      value: draft.dataLayout,
      hidesValues: true,
      options: [
        { value: 'none', label: 'none' },
        ...DATA_POOL_LAYOUTS.map((shape) => {
          const isTooFew = SHAPE_RULES[shape].least > usable
          const why = isTooFew ? ` - needs ${countRule(shape)}, ${usable} can be used` : ''
          return { value: shape, label: `${SHAPE_TITLES[shape]}${why}` }
        }),
      ],
      problems: problemsAt(problems, 'disk', 'dataLayout'),
      onSelect: (dataLayout) =>
        onChange({ ...draft, dataLayout, dataDevices: dataLayout === 'none' ? [] : draft.dataDevices }),
    },
    ...(layout ? listRows('dataDevices', layout === 'single', countRule(layout), null, props) : []),
  ]
}

function isElsewhere(id: string, draft: Props['draft']): boolean {
  return DISK_LISTS.some((list) => list !== 'dataDevices' && draft[list].includes(id))
}

const EXTRAS: readonly DiskList[] = ['spares', 'log', 'cache', 'special']

/** What only an answer file can give is shown, so that nobody is surprised by it. */
function extraRows({ draft, problems }: Props): readonly Row[] {
  const given = EXTRAS.filter((list) => draft[list].length > 0)
  if (given.length === 0) return []
  return [
    { kind: 'blank' },
    { kind: 'heading', text: 'From the answer file; these disks are erased too' },
    ...given.flatMap((list): readonly Row[] => [
      ...draft[list].map((id): Row => ({ kind: 'entry', label: `${LIST_WORDS[list]}: `, text: id })),
      { kind: 'problems', problems: problemsAt(problems, 'disk', list), fieldId: 'esp' },
    ]),
  ]
}
