import { hashShownKey, isShownKey } from '../credentials/shown-key.ts'
import { JOURNAL_FILE, TARGET_JOURNAL_FILE } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import type { SavedInstall } from '../model/saved-install.ts'
import { begunInMemory, hasTouched, readBootId } from './find-begun.ts'
import type { RunOptions } from './install-request.ts'
import { type Journal, type NewRecord, openJournal, recordQuietly } from './journal.ts'
import type { SequenceEntry } from './sequences.ts'
import { onTarget } from './target-mounts.ts'
import { isSystemError } from './task-failure.ts'

/** Where the journal is on the esp while the target is mounted. */
export const TARGET_JOURNAL = onTarget(TARGET_JOURNAL_FILE)

/** The plan of an install that was begun since this machine was started: what it holds may be let go. Whoever wrote the journal
 *  in memory is gone, because two never install at once. */
export async function findLeft({ system, journalFile = JOURNAL_FILE }: RunOptions): Promise<Plan | null> {
  const begun = journalFile === null ? null : await begunInMemory(system, journalFile)
  return begun !== null && hasTouched(begun) ? begun.saved.plan : null
}

/** Null where none can be kept, and the log says why: an install goes on without. */
export async function openJournalIfPossible(options: RunOptions): Promise<Journal | null> {
  const { system, plan, begun, log, answersText, installerVersion, confirmation } = options
  const { journalFile: file = JOURNAL_FILE } = options
  if (file === null) return null
  const fresh: SavedInstall = {
    format: 1,
    installerVersion,
    startedAt: system.now().toISOString(),
    planHash: plan.hash,
    plan,
    answers: answersText,
    confirmation: confirmation ?? { disks: [] },
  }
  try {
    const saved = await withShownKey(begun?.saved ?? fresh, options)
    const bootId = await readBootId(system)
    const journal = await openJournal(system, { file, saved, begun, bootId, log: (line) => log.write(line) })
    if (journal === null) log.write('there will be no journal: the plan is too large for it')
    return journal
  } catch (error) {
    if (!isSystemError(error)) throw error
    // Without it an install cannot be resumed, and nothing else is lost. Often it means: not root, which preflight says.
    log.write(`there will be no journal: ${error.message}`)
    return null
  }
}

/** Whoever goes on has held what was typed against it already: a key that is another one now was made in its place, and shown. */
async function withShownKey(saved: SavedInstall, { secrets: { recoveryKey } }: RunOptions): Promise<SavedInstall> {
  if (recoveryKey === null || (await isShownKey(saved.recoveryKeyHash, recoveryKey)) === true) return saved
  return { ...saved, recoveryKeyHash: await hashShownKey(recoveryKey) }
}

/** On the esp as soon as that is there, and there before the record that says so counts: a journal on a disk never tells of
 *  a disk that was not formatted to its end. */
export async function keepJournalFor(
  task: SequenceEntry,
  journal: Journal | null,
  { log }: RunOptions,
  newest?: NewRecord,
): Promise<void> {
  if (task.target !== 'comes') {
    if (newest !== undefined) await recordQuietly(journal, newest)
    return
  }
  try {
    await journal?.keepIn(TARGET_JOURNAL, newest)
  } catch (error) {
    if (!isSystemError(error)) throw error
    log.write(`the journal stays in memory, so this install will not outlive a power cut: ${error.message}`)
  }
}
