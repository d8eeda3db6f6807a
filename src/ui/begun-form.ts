import type { Problem } from '../model/problem.ts'
import type { Begun, BegunChoice } from '../model/saved-install.ts'
import {
  begunDisks,
  begunStop,
  begunTasks,
  ERASES_AGAIN,
  erasesAgain,
  formatMoment,
  problemText,
} from './begun-words.ts'
import type { Form } from './page-forms.ts'
import type { ChoiceField, Row } from './rows.ts'
import type { Session, View } from './session.ts'

/** Of the choice on this page, in the session's memory. */
const CHOICE = 'begun.choice'

type Acts = Pick<Session, 'send' | 'change' | 'view'>

/** Says what was found, before anything else is asked. */
export function begunForm(view: View, session: Acts): Form | null {
  const { earlier, hardware, opening } = view.wizard
  if (earlier === null) return null
  const { begun } = earlier
  const { saved, problems } = begun
  const canContinue = problems.length === 0
  const chosen = chosenOf(view, begun)
  const stop = begunStop(begun)
  const [first] = problems
  const choice = (value: BegunChoice, label: string, more: Partial<ChoiceField>): ChoiceField => ({
    kind: 'choice',
    id: `begun-${value}`,
    group: 'begun',
    label,
    isChosen: chosen === value,
    onChoose: () => session.change({ memory: { ...session.view().memory, [CHOICE]: value } }),
    ...more,
  })
  const entry = (label: string, text: string): Row => ({ kind: 'entry', label, text })
  return {
    rows: [
      { kind: 'heading', text: 'An install was begun on this machine and has not come to its end.' },
      { kind: 'note', text: 'What is done stays done, and nothing was changed since this start.' },
      { kind: 'blank' },
      entry('Begun         ', formatMoment(saved.startedAt)),
      entry('Machine name  ', saved.plan.hostName),
      ...begunDisks(begun, hardware).map((disk, at) => entry(at === 0 ? 'Disks         ' : '              ', disk)),
      entry('Tasks done    ', begunTasks(begun)),
      ...(stop === null ? [] : [entry('Stopped at    ', stop)]),
      { kind: 'blank' },
      choice(
        'continue',
        'Continue',
        canContinue
          ? {
              detail: !erasesAgain(begun)
                ? `Goes on where it stopped${opening === null ? '' : `, with its own answers: those of ${opening.fileName} are not used`}. Only secrets are asked again, because they are kept nowhere.`
                : ERASES_AGAIN,
            }
          : { blockedBecause: first === undefined ? 'it cannot go on' : reasonText(first) },
      ),
      ...problems
        .slice(1)
        .map((problem): Row => ({ kind: 'note', text: `! ${problemText(problem)}`, tone: 'warning', indent: 6 })),
      choice('start-over', 'Start over', {
        detail: `${opening === null ? 'The answers are filled in again.' : `The answers of ${opening.fileName} are filled in.`} The disks are erased only after their names are typed.`,
      }),
      choice('look', 'Look', { detail: 'Shows each task, the disks, and what is in the way. Changes nothing.' }),
    ],
    next: {
      label: chosen === 'continue' ? 'Continue' : chosen === 'look' ? 'Look' : 'Start over',
      onPress() {
        const now = chosenOf(session.view(), begun)
        if (now !== 'look') return session.send({ type: 'CHOOSE_BEGUN', choice: now })
        session.change({ scroll: { ...session.view().scroll, look: 0 } })
        session.send({ type: 'SHOW_BEGUN' })
      },
    },
    problems: [],
    startsAt: `begun-${chosen}`,
  }
}

/** Behind a colon. */
function reasonText({ message, hint }: Problem): string {
  return hint === undefined ? message : `${message} (${hint})`
}

/** What erases nothing, until something else is chosen. */
function chosenOf({ memory }: View, begun: Begun): BegunChoice {
  const chosen = memory[CHOICE]
  const canContinue = begun.problems.length === 0
  if (chosen === 'start-over' || chosen === 'look') return chosen
  return canContinue && (chosen === 'continue' || !erasesAgain(begun)) ? 'continue' : 'look'
}
