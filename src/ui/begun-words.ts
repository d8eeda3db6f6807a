import { installSequence } from '../install/sequences.ts'
import type { TaskId } from '../model/event.ts'
import type { Disk, Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'
import type { Begun, TaskStand } from '../model/saved-install.ts'
import { formatSize } from '../model/size.ts'
import { closed, pad, sentence, wrap } from './text.ts'

export function taskTitle(id: TaskId): string {
  return installSequence.find((task) => task.id === id)?.title ?? id
}

/** `30 May 2026, 10:00 UTC`; as it was written where it is no time: a machine's clock may be anything. */
export function formatMoment(iso: string): string {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? iso : `${formatDay(iso)}, ${at.toISOString().slice(11, 16)} UTC`
}

/** `30 May 2026`, in UTC. */
export function formatDay(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
}

/** The disks of the earlier install, as this machine knows them now. */
export function begunDisks({ saved }: Begun, hardware: Hardware | null): readonly string[] {
  return saved.plan.storage.disks.map(({ id }) => {
    const disk = hardware?.disks.find((one) => one.id === id)
    if (!disk) return `${id.replace('/dev/disk/by-id/', '')} (not here now)`
    return describeDisk(disk)
  })
}

/** `vdb, 8 GiB, QEMU HARDDISK, serial keystone-a` */
export function describeDisk({ name, sizeBytes, model, serial }: Disk): string {
  return [name, formatSize(sizeBytes), model, serial && `serial ${serial}`].filter((part) => part).join(', ')
}

/** `4 of 13, the last: Write the configuration` */
export function begunTasks({ tasks, isInstalled }: Begun): string {
  const finished = tasks.filter(({ stand }) => stand === 'finished')
  const last = finished.at(-1)
  if (isInstalled) return `all ${tasks.length}; only the end is missing`
  return `${finished.length} of ${tasks.length}${last ? `, the last: ${taskTitle(last.id)}` : ''}`
}

/** What was at work when it ended, or null. */
export function begunStop({ tasks }: Begun): string | null {
  const stopped = tasks.find(({ stand }) => stand === 'begun' || stand === 'failed')
  if (!stopped) return null
  return `${taskTitle(stopped.id)}${stopped.stand === 'failed' ? ' (it failed)' : ''}`
}

/** To go on means to format the disks from the beginning: nobody knows how far that had come. */
export function erasesAgain({ tasks }: Begun): boolean {
  return !tasks.some(({ id, stand }) => id === 'partition' && stand === 'finished')
}

export const ERASES_AGAIN = 'To go on erases its disks again: they were not formatted to the end.'

const STAND_SIGNS: Readonly<Record<TaskStand, string>> = { finished: '✓', failed: '✗', begun: '!', 'not begun': '·' }
const STAND_WORDS: Readonly<Record<TaskStand, string>> = {
  finished: 'done',
  failed: 'failed',
  begun: 'begun, not finished',
  'not begun': 'not begun',
}
const TITLE_WIDTH = 34

/** Everything that is known of it, to look at. Also what `keystone look` prints. */
export function begunLines(begun: Begun, hardware: Hardware | null, width: number): readonly string[] {
  const { saved, tasks, problems, place } = begun
  const entry = (label: string, text: string) =>
    wrap(text, width - 16).map((line, at) => `${pad(at === 0 ? label : '', 16)}${line}`)
  return [
    ...entry('Begun', formatMoment(saved.startedAt)),
    ...entry('Machine name', saved.plan.hostName),
    ...begunDisks(begun, hardware).flatMap((disk, at) => entry(at === 0 ? 'Disks' : '', disk)),
    ...entry('Keystone', saved.installerVersion),
    ...entry('Plan', saved.planHash.slice(0, 12)),
    ...entry('Known from', place === 'memory' ? 'this start of the machine' : 'the boot partition of its disk'),
    '',
    ...(problems.length === 0
      ? ['Nothing is in the way of going on.', ...(erasesAgain(begun) ? wrap(ERASES_AGAIN, width - 2) : [])]
      : ['It cannot go on:', ...problems.flatMap((problem) => wrap(`- ${problemText(problem)}`, width - 2))]),
    '',
    'Tasks',
    ...tasks.map(({ id, stand }) => `  ${STAND_SIGNS[stand]} ${pad(taskTitle(id), TITLE_WIDTH)}${STAND_WORDS[stand]}`),
  ]
}

export function problemText({ message, hint }: Problem): string {
  return `${closed(sentence(message))}${hint === undefined ? '' : ` ${closed(sentence(hint))}`}`
}
