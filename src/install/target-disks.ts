import { findTwins } from '../hardware/disk-id.ts'
import { releaseCommands } from '../hardware/disk-release.ts'
import { makeDisks, realDisks } from '../hardware/disks.ts'
import { type BlockDevices, readBlockDevices } from '../hardware/read-disks.ts'
import type { Confirmation } from '../model/answers.ts'
import type { Disk } from '../model/hardware.ts'
import type { Plan, PlannedDisk } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { formatSize } from '../model/size.ts'
import { CommandError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import { poolsOf } from './release-target.ts'
import { findSharedStorage } from './shared-storage.ts'
import { findTakenNames } from './taken-names.ts'
import { findUnreadable } from './unreadable-disks.ts'

/** A target disk as it is at this moment. */
export type TargetDisk = Pick<Disk, 'path' | 'sizeBytes' | 'serial' | 'isReadOnly' | 'isBootMedium' | 'inUse'> & {
  /** Names of the disks that the planned id could mean as well. */
  readonly twins: readonly string[]
  /** What ends its use, in the order to type it. */
  readonly endedBy: readonly string[]
}

/** Looks at the machine as it is now, and compares it with what the plan was made for and with what was confirmed. Empty:
 *  every target is the disk that was chosen, it is free, and its name means no other. To be asked right before the wipe:
 *  between the choice and the wipe a disk can be unplugged, plugged in, mounted, or given another name. */
export async function findTargetProblems(
  system: System,
  plan: Plan,
  confirmation: Confirmation | null,
): Promise<readonly Problem[]> {
  await awaitUdev(system)
  const planned = plan.storage.disks
  const before = await readBlockDevices(system)
  if (before === null) return [CANNOT_READ]
  const contents = await findUnfitContents(system, plan, before)
  // A slow disk may have taken its time: which disk is which is looked at last.
  await awaitUdev(system)
  const found = await readBlockDevices(system)
  if (found === null) return [CANNOT_READ]
  const targets = planned.map((disk) => findTargetDisk(found, disk.id))
  const isTarget = ({ path }: { readonly path: string }) => targets.some((target) => target?.path === path)
  return [
    ...planned.flatMap((disk, index) =>
      compareDisk(disk, targets[index] ?? null, confirmedPath(confirmation, disk.id)),
    ),
    ...contents,
    ...findSameDisk(planned, targets),
    ...findTakenNames(
      plan,
      realDisks(found.devices).filter((device) => !isTarget(device)),
    ),
  ]
}

/** What has to be read from the disks themselves. */
async function findUnfitContents(system: System, plan: Plan, found: BlockDevices): Promise<readonly Problem[]> {
  const planned = plan.storage.disks
  const targets = planned.map((disk) => findTargetDisk(found, disk.id))
  const unreadable = await Promise.all(
    planned.map((disk, index) => findUnreadable(system, disk, targets[index] ?? null)),
  )
  const shared = await findSharedStorage(system, {
    found,
    targets: new Set(targets.flatMap((target) => target?.path ?? [])),
    pools: poolsOf(plan),
  })
  return [...unreadable.flat(), ...shared]
}

/** Are these the disks of the plan? Whether they are free is not asked: an install that goes on may hold them itself. */
export async function findOtherDisks(system: System, plan: Plan): Promise<readonly Problem[]> {
  await awaitUdev(system)
  const found = await readBlockDevices(system)
  if (found === null) return [CANNOT_READ]
  const planned = plan.storage.disks
  const targets = planned.map((disk) => findTargetDisk(found, disk.id))
  return planned.flatMap((disk, index) => {
    const target = targets[index] ?? null
    return compareDisk(disk, target && { ...target, inUse: null })
  })
}

const CANNOT_READ: Problem = {
  code: 'cannot-read-disks',
  path: ['hardware', 'disks'],
  message: 'cannot list the disks with `lsblk`, so nobody can tell whether they are still the same',
  hint: 'check that lsblk runs',
}

const UDEV_SECONDS = 10

/** Names and serial numbers are udev's, and behind the kernel for a moment: of a disk that was swapped right now they would
 *  still be the old one's. Changes nothing; where udev gives no answer, what it has is judged as it is. */
async function awaitUdev(system: System): Promise<void> {
  try {
    await system.query(programs.udevadm, ['settle', `--timeout=${UDEV_SECONDS}`], {
      okExitCodes: [0, 1], // 1: still busy when the time is over. Source: udevadm(8)
      timeoutMs: (UDEV_SECONDS + 5) * 1000,
    })
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
  }
}

/** The disk that an id leads to now; null when it leads to no whole disk. */
export function findTargetDisk({ devices, names, running }: BlockDevices, id: string): TargetDisk | null {
  const name = /^\/dev\/disk\/by-id\/([^/]+)$/.exec(id)?.[1]
  if (name === undefined) return null
  const path = [...(names ?? [])].find(([, all]) => all.includes(name))?.[0]
  const disks = realDisks(devices)
  const device = disks.find((one) => one.path === path)
  const disk = makeDisks(devices, names ?? new Map(), running).find((one) => one.path === path)
  if (device === undefined || disk === undefined) return null
  const endedBy = releaseCommands(device, devices, running)
  return { ...disk, endedBy, twins: findTwins(name, device, disks, names ?? new Map()).map((twin) => twin.name) }
}

/** Compares one disk with what the plan was made for. Empty: it is the same disk, and it is free. `confirmedPath`: where it
 *  was when it was confirmed, or null when nobody noted that. */
export function compareDisk(
  planned: PlannedDisk,
  found: TargetDisk | null,
  confirmedPath: string | null = null,
): readonly Problem[] {
  const path = ['disk', 'devices', planned.id]
  const problem = (code: string, message: string, hint: string): Problem => ({ code, path, message, hint })
  if (found === null) {
    const hint = 'plug it in again, or choose another disk'
    return [problem('disk-gone', `the disk ${planned.id} is not there any more`, hint)]
  }
  const problems: Problem[] = []
  // The pages show the machine as it was when Keystone started.
  const again = 'it is another disk than the one you chose: start Keystone again, so that it looks at all disks anew'
  if (found.sizeBytes !== planned.sizeBytes) {
    const sizes = `${formatBytes(planned.sizeBytes)} when it was chosen and ${formatBytes(found.sizeBytes)} now`
    problems.push(problem('disk-size-changed', `the disk ${planned.id} had ${sizes}`, again))
  }
  if (found.serial !== planned.serial) {
    const serials = `${planned.serial ?? 'none'} when it was chosen and ${found.serial ?? 'none'} now`
    problems.push(problem('disk-serial-changed', `the disk ${planned.id} had the serial ${serials}`, again))
  }
  if (problems.length > 0) return problems
  if (confirmedPath !== null && found.path !== confirmedPath) {
    const message = `the disk ${planned.id} was ${confirmedPath} when it was confirmed and is ${found.path} now`
    problems.push(problem('disk-moved', message, 'start Keystone again, so that it looks at all disks anew'))
  }
  if (found.twins.length > 0) {
    const message = `the name ${planned.id} could mean ${found.twins.join(', ')} as well: model, serial or WWN are the same`
    problems.push(problem('disk-not-unique', message, 'unplug the other disk, or choose another one'))
  }
  if (found.isBootMedium) {
    const message = `this system was started from the disk ${planned.id}`
    return [...problems, problem('disk-is-boot-medium', message, 'choose another disk')]
  }
  if (found.isReadOnly) {
    const hint = 'turn its write protection off, or choose another disk'
    problems.push(problem('disk-read-only', `the disk ${planned.id} is read-only`, hint))
  }
  if (found.inUse !== null) {
    const hint =
      found.endedBy.length === 0
        ? 'end what uses it, or restart the machine and begin again'
        : `if nobody needs it, end that in a shell: ${found.endedBy.map((command) => `\`${command}\``).join(', then ')}; then retry`
    problems.push(problem('disk-in-use', `the disk ${planned.id} is in use: ${found.inUse}`, hint))
  }
  return problems
}

/** Two names of the plan that lead to one disk: half of a mirror would be written over the other half. */
function findSameDisk(planned: readonly PlannedDisk[], targets: readonly (TargetDisk | null)[]): readonly Problem[] {
  return planned.flatMap((disk, index) => {
    const path = targets[index]?.path
    const first = targets.findIndex((target) => target?.path === path)
    if (path === undefined || first === index) return []
    const message = `${planned[first]?.id} and ${disk.id} are the same disk, ${path}`
    return [{ code: 'disk-named-twice', path: ['disk', 'devices', disk.id], message, hint: 'choose each disk once' }]
  })
}

/** Does what was typed stand for exactly the disks of the plan? */
export function compareConfirmation(plan: Plan, confirmation: Confirmation): readonly Problem[] {
  const planned = plan.storage.disks
  const isSame = (disk: PlannedDisk) =>
    confirmation.disks.some(
      (typed) => typed.id === disk.id && typed.serial === disk.serial && typed.sizeBytes === disk.sizeBytes,
    )
  if (confirmation.disks.length === planned.length && planned.every(isSame)) return []
  return [
    {
      code: 'other-disks-confirmed',
      path: ['disk', 'devices'],
      message: `the disks that were confirmed (${list(confirmation.disks)}) are not the disks of the plan (${list(planned)})`,
      hint: 'go back to the review and confirm again',
    },
  ]
}

function confirmedPath(confirmation: Confirmation | null, id: string): string | null {
  return confirmation?.disks.find((disk) => disk.id === id)?.path ?? null
}

function list(disks: readonly { readonly id: string }[]): string {
  return disks.map((disk) => disk.id).join(', ')
}

/** `20 GiB (21474836480 bytes)`: two disks that differ by a few sectors must not look the same in the message. */
function formatBytes(bytes: number): string {
  return `${formatSize(bytes)} (${bytes} bytes)`
}
