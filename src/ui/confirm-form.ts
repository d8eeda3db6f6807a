import type { Disk } from '../model/hardware.ts'
import { formatSize } from '../model/size.ts'
import { diskNamesToType, targetDisks } from '../wizard/review.ts'
import { diskChangeRows } from './disk-change-rows.ts'
import { bodyWidth } from './frame-size.ts'
import type { Form } from './page-forms.ts'
import type { Row } from './rows.ts'
import type { Session, View } from './session.ts'

/** Of more the names do not fit on the button. */
const MANY_DISKS = 4

export function confirmForm({ wizard, size }: View, session: Pick<Session, 'send'>): Form | null {
  const { review, hardware, typedDiskNames, hasMistyped, isDryRun } = wizard
  if (!review?.plan || !hardware) return null
  const disks = targetDisks(review.plan, hardware)
  const names = diskNamesToType(review.plan, hardware)
  const isOne = disks.length === 1
  return {
    rows: [
      {
        kind: 'note',
        text: isDryRun
          ? `Dry run: a real install would now erase ${isOne ? 'this disk' : 'these disks'} completely.`
          : `Everything on ${isOne ? 'this disk' : 'these disks'} will be lost, for good:`,
        tone: 'warning',
      },
      ...disks.flatMap(diskRows),
      { kind: 'blank' },
      ...(review.plan.unlock === 'none'
        ? [
            {
              kind: 'note' as const,
              text: '! What is installed will not be encrypted: whoever has a disk reads everything on it.',
              tone: 'warning' as const,
            },
          ]
        : []),
      {
        kind: 'note',
        text: isOne ? `Type the disk name to erase it: ${names}` : `Type the disk names to erase them: ${names}`,
        tone: 'strong',
      },
      {
        kind: 'text',
        id: 'disk-names',
        label: isOne ? 'Disk name' : 'Disk names',
        value: typedDiskNames,
        problems: hasMistyped
          ? [
              {
                code: 'mistyped',
                path: [],
                message: `type exactly ${names} to erase ${isOne ? 'the disk' : 'the disks'}`,
              },
            ]
          : [],
        onChange: (text) => session.send({ type: 'TYPE_DISK_NAMES', text }),
      },
      // Below the box: it stays in sight however many disks there are.
      ...diskChangeRows(review.plan, hardware, bodyWidth(size)),
    ],
    next: {
      label: isDryRun
        ? 'Start the dry run'
        : `Erase ${disks.length > MANY_DISKS ? `these ${disks.length} disks` : disks.map(({ name }) => name).join(' and ')}, and install`,
      onPress: () => session.send({ type: 'NEXT' }),
    },
    problems: [],
    startsAt: 'disk-names',
  }
}

function diskRows(disk: Disk): readonly Row[] {
  const holds = disk.contents.length > 0 ? disk.contents.join(', ') : null
  const count = disk.partitions.length
  return [
    { kind: 'blank' },
    { kind: 'heading', text: `${disk.name}  ${disk.model ?? 'no model name'}` },
    { kind: 'entry', label: 'Size    ', text: formatSize(disk.sizeBytes) },
    { kind: 'entry', label: 'Serial  ', text: disk.serial ?? 'none' },
    {
      kind: 'entry',
      label: 'Lost    ',
      text:
        holds === null && count === 0
          ? 'all that is on it (no known data was found)'
          : [
              holds ?? 'content of unknown kind',
              ...(count > 0 ? [count === 1 ? '1 partition' : `${count} partitions`] : []),
            ].join(', '),
    },
  ]
}
