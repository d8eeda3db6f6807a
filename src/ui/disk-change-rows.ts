import type { Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import { formatSize } from '../model/size.ts'
import { actions, actionWords } from '../plan/actions.ts'
import { diskChanges } from '../plan/preview.ts'
import { barRows } from './bar-lines.ts'
import type { Row } from './rows.ts'

const LABEL = { before: '  Before  ', after: '  After   ' } as const

/** What happens to the disks: before and after of each as a bar, then each thing that is erased or created. */
export function diskChangeRows(plan: Pick<Plan, 'storage'>, hardware: Hardware, width: number): readonly Row[] {
  return [
    { kind: 'blank' },
    { kind: 'heading', text: 'What happens to the disks' },
    ...diskChanges(plan, hardware).flatMap((change): readonly Row[] => [
      { kind: 'note', text: `${change.name}  ${change.model ?? 'no model name'}, ${formatSize(change.sizeBytes)}` },
      ...barRows(LABEL.before, change.before, width),
      ...barRows(LABEL.after, change.after, width),
    ]),
    { kind: 'blank' },
    { kind: 'heading', text: 'One after the other' },
    ...actions(plan, hardware).map((action): Row => {
      const words = actionWords(action)
      return { kind: 'entry', label: words.slice(0, 7), text: words.slice(7) }
    }),
  ]
}
