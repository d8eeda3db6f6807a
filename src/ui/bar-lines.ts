import { formatSize } from '../model/size.ts'
import { type DrawnSegment, diskBar, type Segment } from '../plan/disk-bar.ts'
import type { Row } from './rows.ts'
import { displayWidth } from './text.ts'

/** A bar over the whole width after `label`, and its legend hanging behind the same label. */
export function barRows(label: string, segments: readonly Segment[], width: number): readonly Row[] {
  const { bar, drawn } = diskBar(segments, width - displayWidth(label))
  return [
    { kind: 'lines', lines: [label + bar] },
    { kind: 'entry', label: ' '.repeat(displayWidth(label)), text: legend(drawn), indent: 0 },
  ]
}

/** `A esp 1 GiB, B swap 512 MiB, C zfs 6.5 GiB` */
export function legend(drawn: readonly DrawnSegment[]): string {
  return drawn.map(({ sign, name, sizeBytes }) => `${sign} ${name} ${formatSize(sizeBytes)}`).join(', ')
}
