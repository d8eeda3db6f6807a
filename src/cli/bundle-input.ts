import { makeTargetFiles } from '../install/assets.ts'
import { decodeJournal } from '../install/journal-file.ts'
import type { Hardware } from '../model/hardware.ts'
import { JOURNAL_FILE, LOG_FILE } from '../model/paths.ts'
import type { RenderedFile } from '../model/plan.ts'
import type { JournalRecord, SavedInstall } from '../model/saved-install.ts'
import type { BundleInput } from '../support/collect.ts'
import { eventsOfJournal } from '../support/journal-events.ts'
import { findEarlier } from './earlier-install.ts'
import type { Hands } from './hands.ts'

const NO_INSTALL = 'no journal of an install was found in memory or on a disk'

/** What is still known of an install in a process that did not run it: the journal has its plan, from which the files are rendered again, and
 *  when each task began and ended. Never throws for what is on disks; `missing` says what nobody knows any more. */
export async function inputAfterwards(hands: Hands, hardware: Hardware): Promise<BundleInput> {
  const { system } = hands
  const begun = await findEarlier(hands, hardware)
  const { saved, records } = begun ?? (await journalOfThisBoot(hands))
  const log = await system.readText(LOG_FILE)
  const rendered = await renderAgain(hands, saved)
  return {
    log: log === null ? [] : log.trimEnd().split('\n'),
    events: eventsOfJournal(records ?? []),
    hardware,
    plan: saved?.plan ?? null,
    files: rendered.files,
    failure: null,
    begun,
    missing: [
      ...(log === null
        ? [{ name: 'install.log', why: `there is no ${LOG_FILE}; a restart of the live system empties it` }]
        : []),
      {
        name: 'failure.json',
        why: 'only the process that ran the install has it; the end of install.log says the same',
      },
      {
        name: 'events.json',
        why: saved === null ? NO_INSTALL : 'only what the journal keeps: no progress, no notices, no causes',
      },
      ...(begun === null ? [{ name: 'journal.json', why: 'there is no install that could go on' }] : []),
      ...(saved === null ? [{ name: 'plan.json', why: NO_INSTALL }] : []),
      ...(rendered.why === null ? [] : [{ name: 'rendered/', why: rendered.why }]),
    ],
  }
}

/** One that has ended, or that only looked at the machine: there is nothing to go on with, but its plan is worth reading. */
async function journalOfThisBoot({
  system,
}: Hands): Promise<{ readonly saved: SavedInstall | null; readonly records: readonly JournalRecord[] }> {
  const bytes = await system.readBytes(JOURNAL_FILE)
  return (bytes && decodeJournal(bytes)) ?? { saved: null, records: [] }
}

async function renderAgain(
  { system, places, version }: Hands,
  saved: SavedInstall | null,
): Promise<{ readonly files: readonly RenderedFile[]; readonly why: string | null }> {
  if (saved === null) return { files: [], why: NO_INSTALL }
  if (saved.installerVersion !== version) {
    const why = `Keystone ${saved.installerVersion} wrote them, and this is ${version}, which would write others`
    return { files: [], why }
  }
  try {
    return { files: (await makeTargetFiles(system, places, saved.plan)).files, why: null }
  } catch (error) {
    // A journal that is damaged is one more reason for a bundle, and none to have none.
    return {
      files: [],
      why: `they cannot be made from the plan: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}
