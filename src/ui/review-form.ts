import type { ReviewSection } from '../wizard/review.ts'
import type { Form } from './page-forms.ts'
import type { Row } from './rows.ts'
import { NEXT_BUTTON } from './rows.ts'
import type { Session, View } from './session.ts'
import { pad } from './text.ts'

const LABEL_WIDTH = 15

export function reviewForm({ wizard }: View, session: Pick<Session, 'send'>): Form | null {
  const { review, opening } = wizard
  if (!review) return null
  return {
    rows: [
      { kind: 'note', text: "Nothing has been changed yet. Enter on a page's name opens that page." },
      ...(opening ? [{ kind: 'note' as const, text: `Filled in from ${opening.fileName}.` }] : []),
      ...review.sections.flatMap((section) => sectionRows(section, session)),
      ...(review.plan
        ? [
            { kind: 'blank' as const },
            { kind: 'note' as const, text: `Plan ${review.plan.hash.slice(0, 12)}`, tone: 'dim' as const },
          ]
        : []),
    ],
    next: { label: 'Continue', onPress: () => session.send({ type: 'NEXT' }) },
    problems: review.machineProblems,
    startsAt: NEXT_BUTTON,
  }
}

function sectionRows({ id, title, lines, problems }: ReviewSection, session: Pick<Session, 'send'>): readonly Row[] {
  return [
    { kind: 'blank' },
    {
      kind: 'action',
      id: `edit-${id}`,
      label: title,
      verb: 'edit',
      isHeading: true,
      problems,
      onPress: () => session.send({ type: 'GOTO', page: id }),
    },
    ...lines.map(
      ({ label, value }): Row => ({ kind: 'entry', label: pad(label, LABEL_WIDTH), text: value, indent: 4 }),
    ),
  ]
}
