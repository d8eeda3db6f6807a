import { contentsWords } from '../hardware/disk-contents.ts'
import type { Disk } from '../model/hardware.ts'
import { formatSize } from '../model/size.ts'
import { DISK_LISTS, type DiskList, LIST_WORDS } from '../steps/disk/disk-rules.ts'
import { type BootSizes, targetProblems } from '../steps/disk/target-problems.ts'
import type { Drafts } from '../steps/step.ts'
import type { Row } from './rows.ts'
import { problemsAt, type StepScreenProps } from './step-screen.ts'

type Props = Pick<StepScreenProps<'disk'>, 'draft' | 'hardware' | 'problems' | 'onChange'>
type Choice = {
  readonly list: 'devices' | 'dataDevices'
  /** One of them, or any number. */
  readonly isSingle: boolean
  /** What each must have room for; null for nothing but a part of a pool. */
  readonly boot: BootSizes | null
}

/** The disks of this machine to choose from, those that can be chosen first; the others say why not. */
export function diskRows({ list, isSingle, boot }: Choice, props: Props): readonly Row[] {
  const { draft, hardware, problems, onChange } = props
  const places = placesOf(draft)
  const judged = hardware.disks.map((disk) => ({ disk, blocked: blockReason(disk, list, boot, places) }))
  const sorted = judged.toSorted((one, other) => Number(one.blocked !== null) - Number(other.blocked !== null))
  return sorted.map(({ disk, blocked }): Row => {
    const id = disk.id ?? disk.path
    const at = draft[list].indexOf(id)
    const row = {
      id: rowId(list, disk),
      label: `${disk.name}  ${disk.model ?? 'no model name'}, ${formatSize(disk.sizeBytes)}, ${kindWord(disk)}`,
      detail: `${disk.serial === null ? 'no serial number' : `serial ${disk.serial}`}; ${contentsWords(disk)}`,
      problems: at < 0 ? [] : problemsAt(problems, 'disk', list, at),
      // One that is chosen already stays selectable, so that it can be taken off.
      ...(blocked !== null && at < 0 && { blockedBecause: blocked }),
    }
    const change = (devices: string[]) => onChange({ ...draft, [list]: devices })
    if (isSingle) {
      return { ...row, kind: 'choice', group: list, isChosen: at >= 0, onChoose: () => change([id]) }
    }
    const devices = at >= 0 ? draft[list].filter((device) => device !== id) : [...draft[list], id]
    return { ...row, kind: 'check', group: list, isChecked: at >= 0, onToggle: () => change(devices) }
  })
}

/** Of the row that shows this disk in this list. */
export function rowId(list: Choice['list'], disk: Pick<Disk, 'name'>): string {
  return list === 'devices' ? `disk-${disk.name}` : `data-${disk.name}`
}

/** Why a disk cannot be chosen for this list: what stands against it, or that it is on another list; null when it can. */
function blockReason(
  disk: Disk,
  list: DiskList,
  boot: BootSizes | null,
  places: ReadonlyMap<string, DiskList>,
): string | null {
  const problem = targetProblems(disk, boot, [])[0]
  if (problem) return problem.message
  const place = places.get(disk.id ?? disk.path)
  return place === undefined || place === list ? null : `it is a ${LIST_WORDS[place]} already`
}

function placesOf(draft: Drafts['disk']): ReadonlyMap<string, DiskList> {
  // Backwards: the first list counts.
  return new Map(DISK_LISTS.toReversed().flatMap((list) => draft[list].map((device) => [device, list] as const)))
}

/** The disks that can be a system disk (or, with null, a part of a pool), whatever list they are on now. */
export function usableDisks(disks: readonly Disk[], boot: BootSizes | null): readonly Disk[] {
  return disks.filter((disk) => targetProblems(disk, boot, []).length === 0)
}

const KIND_WORDS: Readonly<Record<Disk['kind'], string>> = {
  nvme: 'NVMe',
  ssd: 'SSD',
  hdd: 'hard disk',
  virtual: 'virtual',
  unknown: 'kind unknown',
}

function kindWord({ kind, transport, isRemovable }: Disk): string {
  const usb = kind === 'unknown' ? 'USB' : `${KIND_WORDS[kind]} by USB`
  const word = transport === 'usb' ? usb : KIND_WORDS[kind]
  return isRemovable ? `${word}, removable` : word
}
