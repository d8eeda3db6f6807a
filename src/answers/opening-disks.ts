import type { Hardware } from '../model/hardware.ts'
import { DISK_LISTS } from '../steps/disk/disk-rules.ts'
import { matchDisks } from './match-disks.ts'
import type { OpeningAnswers } from './opening-answers.ts'

/** What the wizard starts from, with the disks that the filters find on this machine. A filter that finds none, or too many, is a problem, and
 *  the page is still to be answered. */
export function withMatchedDisks(opening: OpeningAnswers, hardware: Pick<Hardware, 'disks'>): OpeningAnswers {
  if (opening.entries.every((entry) => 'id' in entry)) return opening
  const matches = matchDisks(opening.entries, hardware)
  const found = Object.fromEntries(
    DISK_LISTS.map((list) => [
      list,
      matches.flatMap(({ entry, takes, problem }) => {
        if (entry.list !== list || problem) return []
        return 'id' in entry ? [entry.id] : takes.flatMap(({ id }) => id ?? [])
      }),
    ]),
  )
  const problems = matches.flatMap(({ problem }) => (problem ? (opening.locate(problem) ?? []) : []))
  return {
    ...opening,
    entries: [],
    drafts: { ...opening.drafts, disk: { ...opening.drafts.disk, ...found } },
    problems: [...opening.problems, ...problems],
    unanswered: problems.length > 0 ? new Set([...opening.unanswered, 'disk' as const]) : opening.unanswered,
  }
}
