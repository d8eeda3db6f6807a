import type { Unlock } from '../model/answers.ts'
import type { Form } from './page-forms.ts'
import { planInHand } from './plan-in-hand.ts'
import { NEXT_BUTTON } from './rows.ts'
import type { Session, View } from './session.ts'
import { closed, cut, pad, sentence } from './text.ts'

export function doneForm({ wizard, outDirectory }: View, session: Pick<Session, 'send'>): Form {
  const { install, isDryRun } = wizard
  const plan = planInHand(wizard)
  const done = install.tasks.filter(({ state }) => state === 'done' || state === 'already-done')
  if (isDryRun) {
    return {
      rows: [
        { kind: 'note', text: '✓ The dry run is complete. Nothing was changed.', tone: 'good' },
        { kind: 'blank' },
        { kind: 'note', text: 'The configuration and the exact list of commands are in' },
        { kind: 'lines', lines: [`    ${outDirectory ?? './out'}`], tone: 'strong' },
      ],
      next: { label: 'Close', onPress: () => session.send({ type: 'FINISH' }) },
      problems: [],
      startsAt: NEXT_BUTTON,
    }
  }
  return {
    rows: [
      { kind: 'note', text: '✓ The system is installed, and each part was checked:', tone: 'good' },
      {
        kind: 'lines',
        lines: inTwoColumns(done.map(({ title }) => `✓ ${title}`)),
      },
      ...install.notices.map(({ message }) => ({
        kind: 'note' as const,
        text: `! ${closed(sentence(message))}`,
        tone: 'warning' as const,
      })),
      { kind: 'blank' },
      { kind: 'heading', text: 'What happens next' },
      {
        kind: 'note',
        text: FIRST_START[plan?.unlock ?? 'passphrase'],
      },
      {
        kind: 'note',
        text: `Then it shows a login: the user is ${plan?.userName ?? 'the one you chose'}, the machine is called ${plan?.hostName ?? 'as you chose'}.`,
      },
      ...(plan?.recoveryKey
        ? [
            {
              kind: 'note' as const,
              text: 'Keep the paper with the recovery key in a safe place, away from this machine. The key cannot be shown again.',
            },
          ]
        : []),
      { kind: 'note', text: 'Take out the installation medium when the screen goes dark.' },
    ],
    next: { label: 'Reboot now', onPress: () => session.send({ type: 'FINISH' }) },
    problems: [],
    startsAt: NEXT_BUTTON,
  }
}

const FIRST_START: Readonly<Record<Unlock, string>> = {
  none: 'The machine restarts from its disk. It is not encrypted: nothing is asked for.',
  passphrase: 'The machine restarts from its disk and asks for the passphrase.',
  tpm: 'The machine restarts from its disk and unlocks it by the TPM, without a question. If it does ask, type the passphrase.',
  'tpm-pin':
    'The machine restarts from its disk and asks for the PIN. If it asks for the passphrase instead, type that.',
}

const COLUMN_WIDTH = 37

function inTwoColumns(items: readonly string[]): readonly string[] {
  const rows = Math.ceil(items.length / 2)
  return items
    .slice(0, rows)
    .map(
      (item, row) => `  ${pad(cut(item, COLUMN_WIDTH - 1), COLUMN_WIDTH)}${cut(items[rows + row] ?? '', COLUMN_WIDTH)}`,
    )
}
