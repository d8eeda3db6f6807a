import { LAYOUTS } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import { formatSize, parseSize } from '../model/size.ts'
import { planStorage } from '../plan/disk-layout.ts'
import { type DiskPreview, partitionPreview } from '../plan/preview.ts'
import type { Drafts } from '../steps/step.ts'
import type { Row } from './rows.ts'
import { cut, pad } from './text.ts'

/** How the disks will look, or nothing while the answers give no whole layout yet. */
export function partitionRows(draft: Drafts['disk'], hardware: Hardware, width: number): readonly Row[] {
  const layout = LAYOUTS.find((candidate) => candidate === draft.layout)
  const swapBytes = parseSize(draft.swap)
  if (!layout || swapBytes === null) return []
  const storage = planStorage({ layout, devices: draft.devices, swapBytes }, hardware.disks)
  if (!storage) return []
  const { disks, pool } = partitionPreview({ storage })
  return [
    { kind: 'blank' },
    { kind: 'heading', text: 'After the install' },
    { kind: 'lines', lines: disks.flatMap((disk) => diskLines(disk, nameOf(disk, hardware), width)) },
    {
      kind: 'note',
      text: pool
        ? `Pool ${pool.name}${pool.isMirror ? ', mirrored' : ''}: about ${formatSize(pool.usableBytes)} for system and data, encrypted.`
        : `About ${formatSize(storage.usableBytes)} for system and data, encrypted.`,
    },
  ]
}

function nameOf(disk: DiskPreview, hardware: Hardware): string {
  return hardware.disks.find(({ id }) => id === disk.id)?.name ?? disk.key
}

function diskLines({ partitions, sizeBytes }: DiskPreview, name: string, width: number): readonly string[] {
  return [
    cut(`${name}, ${formatSize(sizeBytes)}`, width),
    ...partitions.map((partition, index) => {
      const branch = index === partitions.length - 1 ? '└─' : '├─'
      const columns = `${pad(partition.name, 5)} ${pad(formatSize(partition.sizeBytes), 10)} ${partition.purpose}`
      return cut(`${branch} ${columns}`, width)
    }),
  ]
}
