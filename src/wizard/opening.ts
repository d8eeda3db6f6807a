import type { LocatedProblem } from '../answers/locate.ts'
import type { OpeningAnswers } from '../answers/opening-answers.ts'
import type { StepId } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import { DISK_LISTS } from '../steps/disk/disk-rules.ts'
import { stepOrder, steps } from '../steps/order.ts'
import type { Drafts } from '../steps/step.ts'
import { judgeStep } from './review.ts'
import type { Repeats } from './state.ts'

/** The defaults of this machine, with what an answer file says on top of them. */
export function openingDrafts(hardware: Hardware, given: OpeningAnswers['drafts']): Drafts {
  return {
    system: { ...steps.system.defaults(hardware), ...given.system },
    disk: { ...steps.disk.defaults(hardware), ...given.disk },
    encryption: { ...steps.encryption.defaults(hardware), ...given.encryption },
    network: { ...steps.network.defaults(hardware), ...given.network },
    identity: { ...steps.identity.defaults(hardware), ...given.identity },
    cluster: { ...steps.cluster.defaults(hardware), ...given.cluster },
  }
}

/** Takes the disks that this machine has not off the lists, each with a problem that says so: the disk page shows only the
 *  disks that are here, so nobody could take them off there. */
export function withDisksOf(hardware: Hardware, opening: OpeningAnswers): OpeningAnswers {
  const { disk } = opening.drafts
  const isHere = (device: string) => hardware.disks.some(({ id }) => id === device)
  const missing = DISK_LISTS.flatMap((list) =>
    (disk?.[list] ?? []).flatMap((device, index) => (isHere(device) ? [] : [{ device, path: ['disk', list, index] }])),
  )
  if (missing.length === 0) return opening
  const isTold = (path: readonly (string | number)[]) =>
    opening.problems.some((problem) => path.every((part, at) => problem.path[at] === part))
  const problems = missing
    .filter(({ path }) => !isTold(path))
    .map(({ device, path }): LocatedProblem => {
      const message = `this machine has no disk ${device}`
      const hint = 'choose on the disk page'
      return { code: 'disk-not-found', path, message, hint, file: opening.fileName, line: null, column: null }
    })
  const here = DISK_LISTS.flatMap((list) => (disk?.[list] ? [[list, disk[list].filter(isHere)] as const] : []))
  return {
    ...opening,
    drafts: { ...opening.drafts, disk: { ...disk, ...Object.fromEntries(here) } },
    problems: [...opening.problems, ...problems],
    unanswered: new Set([...opening.unanswered, 'disk' as const]),
  }
}

/** Where something is left to answer; the review when nothing is. */
export function firstPage(
  opening: OpeningAnswers,
  drafts: Drafts,
  repeats: Repeats,
  hardware: Hardware,
): StepId | 'review' {
  const needsSomething = (id: StepId) =>
    opening.unanswered.has(id) || 'problems' in judgeStep(id, drafts, repeats, hardware)
  return stepOrder.find(needsSomething) ?? 'review'
}
