import type { DataPoolLayout } from '../model/answers.ts'
import type { DiskRole, PlannedVdev } from '../model/plan.ts'

/** The data vdevs of a pool, from the keys of its disks in order. Striped mirrors pair neighbours: 1+2, 3+4. */
export function dataVdevs(shape: DataPoolLayout, disks: readonly string[]): readonly PlannedVdev[] {
  const vdev = (mode: PlannedVdev['mode'], members: readonly string[]): PlannedVdev => ({
    kind: 'data',
    mode,
    disks: members,
  })
  switch (shape) {
    case 'single':
    case 'stripe':
      return disks.map((disk) => vdev('', [disk]))
    case 'raid10':
      return disks.flatMap((disk, index) =>
        index % 2 === 0 ? [vdev('mirror', [disk, ...disks.slice(index + 1, index + 2)])] : [],
      )
    default:
      return [vdev(shape, disks)]
  }
}

/** Log and special disks stand together as one mirror; each spare and each cache is a line of its own. */
export function extraVdevs(
  kind: Exclude<PlannedVdev['kind'], 'data'>,
  disks: readonly string[],
): readonly PlannedVdev[] {
  if (disks.length === 0) return []
  if (kind === 'spare' || kind === 'cache') return disks.map((disk) => ({ kind, mode: '', disks: [disk] }))
  return [{ kind, mode: disks.length > 1 ? 'mirror' : '', disks }]
}

/** `a`, `b`, … `z`, `aa`, `ab`, …; disks of other roles by role and number: `spare1`. */
export function diskKey(role: DiskRole, index: number): string {
  return role === 'system' ? letters(index) : `${role}${index + 1}`
}

function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26))
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last
}
