import { posix } from 'node:path'
import { TARGET_ROOT } from '../model/paths.ts'
import type { Plan, PlannedMount } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'

export type Mount = { readonly target: string; readonly source: string; readonly filesystem: string }

/** A path of the installed system as it is reached during the install: `/boot` -> `/mnt/boot`. */
export function onTarget(path: string): string {
  return path === '/' ? TARGET_ROOT : `${TARGET_ROOT}${path}`
}

/** A file below /boot on each esp of the target, as it is reached during the install: `/mnt/boot/…`, `/mnt/boot2/…`. */
export function onEsps({ storage }: Plan, path: string): readonly string[] {
  const onEsp = posix.relative('/boot', path)
  return storage.disks.flatMap(({ espMountpoint }) =>
    espMountpoint === null ? [] : [onTarget(`${espMountpoint}/${onEsp}`)],
  )
}

/** Everything that is mounted now, in the order it was mounted. */
export async function readMounts(system: System): Promise<readonly Mount[]> {
  const { stdout } = await system.query(
    programs.findmnt,
    ['--json', '--list', '--output', 'TARGET,SOURCE,FSTYPE'],
    { okExitCodes: [0, 1] }, // 1: nothing found
  )
  if (stdout.trim() === '') return []
  const { filesystems } = JSON.parse(stdout) as {
    filesystems: readonly { target: string; source: string | null; fstype: string | null }[]
  }
  return filesystems.map(({ target, source, fstype }) => ({ target, source: source ?? '', filesystem: fstype ?? '' }))
}

export function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`)
}

/** Which mounts of the plan are not there, or are there from another source. Empty: all as planned. */
export async function findMissingMounts(system: System, plan: Plan): Promise<readonly Problem[]> {
  const mounts = await readMounts(system)
  const problems: Problem[] = []
  for (const wanted of plan.storage.mounts) {
    const target = onTarget(wanted.target)
    // The last one wins: a later mount hides an earlier one at the same place.
    const found = mounts.findLast((mount) => mount.target === target)
    if (found === undefined) {
      problems.push({
        code: 'not-mounted',
        path: ['target', wanted.target],
        message: `nothing is mounted at ${target}`,
      })
    } else if (!(await isSameSource(system, wanted, found))) {
      problems.push({
        code: 'wrong-mount',
        path: ['target', wanted.target],
        message: `${target} should come from ${wanted.source} (${wanted.filesystem}), but it is ${found.source} (${found.filesystem})`,
      })
    }
  }
  return problems
}

async function isSameSource(system: System, wanted: PlannedMount, found: Mount): Promise<boolean> {
  if (wanted.filesystem !== found.filesystem) return false
  if (wanted.source === found.source) return true
  if (!wanted.source.startsWith('/dev/') || !found.source.startsWith('/dev/')) return false
  // The plan names stable links, findmnt shows the kernel's names.
  const [wantedDevice, foundDevice] = await Promise.all([system.realPath(wanted.source), system.realPath(found.source)])
  return wantedDevice !== null && wantedDevice === foundDevice
}
