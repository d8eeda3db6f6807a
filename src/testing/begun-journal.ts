import { readFileSync } from 'node:fs'
import { planFromFile } from '../answers/plan-from-file.ts'
import { writeAnswers } from '../answers/write-answers.ts'
import { encodeRecord, encodeSaved } from '../install/journal-file.ts'
import { TASK_IDS, type TaskId } from '../model/event.ts'
import type { JournalRecord, SavedInstall } from '../model/saved-install.ts'
import { confirmationOf, erasedDisks } from '../plan/confirmation.ts'
import { hardware } from './machine.ts'

export const AT = '2026-05-30T10:00:00.000Z'
export const VERSION = '0.5.0'
export const ANSWERS = readFileSync(new URL('cases/default/answers.yaml', import.meta.url), 'utf8')

/** What an installer writes down of the default case. */
export async function savedInstall(version = VERSION): Promise<SavedInstall> {
  const machine = hardware('two-virtio-uefi-tpm')
  const planned = await planFromFile(ANSWERS, 'answers.yaml', machine, { readSecretFile: async () => null })
  if ('problems' in planned) throw new Error(JSON.stringify(planned.problems))
  const { plan, answers } = planned
  const confirmation = confirmationOf(erasedDisks(answers.disk), machine)
  if (confirmation === null) throw new Error('no disk')
  return {
    format: 1,
    installerVersion: version,
    startedAt: AT,
    planHash: plan.hash,
    plan,
    answers: writeAnswers(answers),
    confirmation,
  }
}

export function journalBytes(saved: SavedInstall, records: readonly JournalRecord[]): Uint8Array {
  const start = encodeSaved(saved)
  if (start === null) throw new Error('does not fit')
  let { end } = start
  for (const record of records) {
    const slot = encodeRecord(record, end)
    if (slot === null) throw new Error('is full')
    start.bytes.set(slot.bytes, slot.offset)
    end = slot.end
  }
  return start.bytes
}

/** Finished up to this task, which was at work. */
export function recordsUntil(task: TaskId): readonly JournalRecord[] {
  const before = TASK_IDS.slice(0, TASK_IDS.indexOf(task))
  return [
    ...before.map((id): JournalRecord => ({ at: AT, state: 'finished', task: id, outputs: {} })),
    { at: AT, state: 'started', task },
  ]
}
