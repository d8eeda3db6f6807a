import { DATA_POOL_LAYOUTS, type DiskAnswers, LAYOUTS } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { PlannedStorage, SpacePart } from '../model/plan.ts'
import { formatSize, parseSize } from '../model/size.ts'
import { type DrawnSegment, diskBar } from '../plan/disk-bar.ts'
import { partitionsOf } from '../plan/partitions.ts'
import { diskChanges, purposeOf } from '../plan/preview.ts'
import { planStorage } from '../plan/storage.ts'
import { spaceWords } from '../steps/disk/disk-summary.ts'
import type { Drafts } from '../steps/step.ts'
import type { Row } from './rows.ts'
import { cut, pad } from './text.ts'

/** How the disks will look, or nothing while the answers give no whole layout yet. */
export function partitionRows(draft: Drafts['disk'], hardware: Hardware, width: number): readonly Row[] {
  const answers = answersOf(draft)
  // Whether it is encrypted is asked on a later page; it makes a difference of a few MiB.
  const storage = answers && planStorage(answers, 'passphrase', hardware.disks)
  if (!storage) return []
  const { dataPool } = storage
  return [
    { kind: 'blank' },
    { kind: 'heading', text: 'After the install' },
    ...spaceRows(`${formatSize(storage.usableBytes)} for system and data.`, storage.space),
    ...(dataPool ? spaceRows(`${formatSize(dataPool.usableBytes)} for data on /data.`, dataPool.space) : []),
    ...diskChanges({ storage }, hardware).flatMap(({ key, name, sizeBytes, after }): readonly Row[] => {
      const { bar, drawn } = diskBar(after, width - INDENT.length)
      const lines = [bar, ...partitionLines(key, storage, drawn)].map((line) => cut(INDENT + line, width))
      return [
        { kind: 'note', text: `${name}, ${formatSize(sizeBytes)}` },
        { kind: 'lines', lines },
      ]
    }),
  ]
}

const INDENT = '  '

function answersOf(draft: Drafts['disk']): DiskAnswers | null {
  const layout = LAYOUTS.find((candidate) => candidate === draft.layout)
  const dataLayout = DATA_POOL_LAYOUTS.find((candidate) => candidate === draft.dataLayout)
  const espBytes = parseSize(draft.esp)
  const swapBytes = parseSize(draft.swap)
  if (!layout || espBytes === null || swapBytes === null) return null
  const { devices, spares, log, cache, special, dataDevices, hibernation } = draft
  const swapKind = hibernation ? 'hibernation' : 'random'
  const dataPool = dataLayout === undefined ? null : { layout: dataLayout, devices: dataDevices }
  return { layout, devices, espBytes, swapBytes, swapKind, spares, log, cache, special, dataPool }
}

function spaceRows(text: string, space: readonly SpacePart[]): readonly Row[] {
  return [
    { kind: 'note', text },
    { kind: 'entry', label: 'The rest: ', text: spaceWords(space) },
  ]
}

/** Each partition after its sign in the bar, with what it is for. */
function partitionLines(key: string, storage: PlannedStorage, drawn: readonly DrawnSegment[]): readonly string[] {
  const disk = storage.disks.find((candidate) => candidate.key === key)
  if (!disk) return []
  return partitionsOf(disk, storage).map(({ name, sizeBytes }, index) => {
    const sign = drawn[index]?.sign ?? ' '
    return `${sign} ${pad(name, 5)} ${pad(formatSize(sizeBytes), 10)} ${purposeOf(name, disk, storage)}`
  })
}
