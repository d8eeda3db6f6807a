import type { Confirmation } from '../model/answers.ts'
import type { Plan, PlannedDisk } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { formatSize } from '../model/size.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'

/** A target disk as it is at this moment. */
export type TargetDisk = {
  readonly sizeBytes: number
  readonly serial: string | null
  readonly isReadOnly: boolean
  /** What sits on it and is in use: `/boot`, `[SWAP]`, `the mapping cryptroot`. */
  readonly uses: readonly string[]
}

type Node = {
  readonly name: string
  readonly type: string
  readonly size: number | string | null
  readonly serial: string | null
  readonly ro: boolean | string | null
  readonly mountpoints: readonly (string | null)[]
  readonly children?: readonly Node[]
}

/** Null when there is no such block device. */
export async function readTargetDisk(system: System, id: string): Promise<TargetDisk | null> {
  const { exitCode, stdout } = await system.query(
    programs.lsblk,
    ['--json', '--bytes', '--output', 'NAME,TYPE,SIZE,SERIAL,RO,MOUNTPOINTS', id],
    { okExitCodes: [0, 32] }, // 32: not found
  )
  if (exitCode !== 0) return null
  const { blockdevices } = JSON.parse(stdout) as { blockdevices: readonly Node[] }
  const node = blockdevices[0]
  if (node === undefined) return null
  return {
    sizeBytes: Number(node.size ?? 0),
    serial: node.serial?.trim() || null,
    isReadOnly: node.ro === true || node.ro === '1',
    uses: usesOf(node),
  }
}

function usesOf(node: Node): string[] {
  const own = node.mountpoints.filter((mountpoint) => mountpoint !== null)
  // A plain partition is no use of the disk; anything stacked on it (LUKS, LVM, RAID) is.
  const stacked = node.type === 'disk' || node.type === 'part' ? [] : [`${node.type} device ${node.name}`]
  return [...own, ...stacked, ...(node.children ?? []).flatMap(usesOf)]
}

/** Compares one disk with what the plan was made for. Empty: it is the same disk. */
export function compareDisk(planned: PlannedDisk, found: TargetDisk | null): readonly Problem[] {
  const path = ['disk', 'devices', planned.id]
  if (found === null) {
    const message = `the disk ${planned.id} is not there any more`
    return [{ code: 'disk-gone', path, message, hint: 'plug it in again, or choose another disk' }]
  }
  const problems: Problem[] = []
  const hint = 'it is another disk than the one you chose: go back to the disk page and choose again'
  if (found.sizeBytes !== planned.sizeBytes) {
    const sizes = `${formatBytes(planned.sizeBytes)} when it was chosen and ${formatBytes(found.sizeBytes)} now`
    problems.push({ code: 'disk-size-changed', path, message: `the disk ${planned.id} had ${sizes}`, hint })
  }
  if (found.serial !== planned.serial) {
    const serials = `${planned.serial ?? 'none'} when it was chosen and ${found.serial ?? 'none'} now`
    problems.push({
      code: 'disk-serial-changed',
      path,
      message: `the disk ${planned.id} had the serial ${serials}`,
      hint,
    })
  }
  return problems
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

function list(disks: readonly { readonly id: string }[]): string {
  return disks.map((disk) => disk.id).join(', ')
}

/** `20 GiB (21474836480 bytes)`: two disks that differ by a few sectors must not look the same in the message. */
function formatBytes(bytes: number): string {
  return `${formatSize(bytes)} (${bytes} bytes)`
}
