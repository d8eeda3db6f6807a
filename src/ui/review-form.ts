import type { Problem } from '../model/problem.ts'
import type { ReviewSection } from '../wizard/review.ts'
import { diskChangeRows } from './disk-change-rows.ts'
import { bodyWidth } from './frame-size.ts'
import type { Form } from './page-forms.ts'
import type { Row } from './rows.ts'
import { NEXT_BUTTON } from './rows.ts'
import { SAVE_FIELD, SAVE_PATH, SAVE_REFUSED, SAVED_TO } from './save-memory.ts'
import type { Session, View } from './session.ts'
import { pad } from './text.ts'

const LABEL_WIDTH = 15

type Acts = Pick<Session, 'send' | 'change' | 'view' | 'saveAnswers'>

export function reviewForm(view: View, session: Acts): Form | null {
  const { review, opening, hardware } = view.wizard
  if (!review) return null
  return {
    rows: [
      { kind: 'note', text: "Nothing has been changed yet. Enter on a page's name opens that page." },
      ...(opening ? [{ kind: 'note' as const, text: `Filled in from ${opening.fileName}.` }] : []),
      ...review.sections.flatMap((section) => sectionRows(section, session)),
      ...(review.plan && hardware ? diskChangeRows(review.plan, hardware, bodyWidth(view.size)) : []),
      ...(review.plan
        ? [
            { kind: 'blank' as const },
            { kind: 'note' as const, text: `Plan ${review.plan.hash.slice(0, 12)}`, tone: 'dim' as const },
          ]
        : []),
      ...saveRows(view, session),
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

/** To install another machine alike, or this one again: the same answers as a file. */
function saveRows({ memory }: View, session: Acts): readonly Row[] {
  const path = String(memory[SAVE_PATH] ?? '')
  const savedTo = String(memory[SAVED_TO] ?? '')
  const refused = String(memory[SAVE_REFUSED] ?? '')
  const remember = (changes: View['memory']) => session.change({ memory: { ...session.view().memory, ...changes } })
  return [
    { kind: 'blank' },
    {
      kind: 'text',
      id: SAVE_FIELD,
      label: 'Save the answers to',
      value: path,
      hint: 'a file, then Enter',
      problems: refused === '' ? [] : [refusal(refused)],
      onChange: (text) => remember({ [SAVE_PATH]: text, [SAVE_REFUSED]: '', [SAVED_TO]: '' }),
      commit() {
        session.saveAnswers(path.trim())
        // The box is emptied when the file is there; until then nobody goes on past it.
        return false
      },
    },
    ...(savedTo === ''
      ? []
      : [
          {
            kind: 'note' as const,
            text: `✓ Saved to ${savedTo}, without passphrases and passwords.`,
            tone: 'good' as const,
            indent: 2,
          },
        ]),
  ]
}

function refusal(message: string): Problem {
  return { code: 'not-saved', path: [], message: `not saved: ${message}` }
}
