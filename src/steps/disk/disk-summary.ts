import type { DiskAnswers } from '../../model/answers.ts'
import type { Disk, Hardware } from '../../model/hardware.ts'
import type { SpacePart } from '../../model/plan.ts'
import { formatSize } from '../../model/size.ts'
import { disksThatMayFail, LAYOUT_TITLES, SHAPE_TITLES, shapeOf } from '../../plan/layouts.ts'
import { planStorage } from '../../plan/storage.ts'
import type { SummaryLine } from '../step.ts'
import { deviceLists } from './check-disks.ts'
import { type DiskList, LIST_WORDS } from './disk-rules.ts'

export function diskSummary(value: DiskAnswers, hardware: Hardware): readonly SummaryLine[] {
  // Encrypted or not makes a difference of 16 MiB here; the review shows the plan's own figure.
  const storage = planStorage(value, 'passphrase', hardware.disks)
  const { dataPool } = value
  return [
    { label: 'Layout', value: `${LAYOUT_TITLES[value.layout]}; ${reserveWords(value.layout, value.devices.length)}` },
    ...(dataPool ? [{ label: 'Data pool', value: `${SHAPE_TITLES[dataPool.layout]}, ZFS, at /data` }] : []),
    ...deviceLists(value).flatMap(([list, devices]) =>
      devices.map((device) => ({ label: 'Erase', value: describeDevice(device, list, hardware) })),
    ),
    {
      label: 'Boot',
      value: `${formatSize(value.espBytes)} on ${value.devices.length === 1 ? 'the disk' : 'each system disk'}`,
    },
    { label: 'Swap', value: swapWords(value) },
    ...(storage ? spaceLines('Space', 'for system and data', storage.usableBytes, storage.space) : []),
    ...(storage?.dataPool
      ? spaceLines('Space on /data', 'for data', storage.dataPool.usableBytes, storage.dataPool.space)
      : []),
  ]
}

/** `goes on when 1 disk dies`, `no disk may die`. */
export function reserveWords(layout: DiskAnswers['layout'], count: number): string {
  const reserve = disksThatMayFail(shapeOf(layout), count)
  if (reserve === 0) return count > 1 ? 'all is lost when one disk dies' : 'all is lost when the disk dies'
  return `goes on when ${reserve === 1 ? '1 disk dies' : `${reserve} disks die`}`
}

function swapWords({ swapBytes, swapKind, devices }: DiskAnswers): string {
  if (swapBytes === 0) return 'none'
  const size = formatSize(swapBytes)
  if (swapKind === 'hibernation') return `${size} in one file, for hibernation too`
  const where = devices.length === 1 ? '' : ' on each system disk'
  return `${size}${where}, a new random key at each boot`
}

function spaceLines(
  label: string,
  purpose: string,
  usableBytes: number,
  space: readonly SpacePart[],
): readonly SummaryLine[] {
  return [
    { label, value: `${formatSize(usableBytes)} ${purpose}` },
    { label: 'The rest', value: spaceWords(space) },
  ]
}

/** `boot partitions 1 GiB, swap 512 MiB, …`, the largest first. */
export function spaceWords(space: readonly SpacePart[]): string {
  return space
    .toSorted((one, other) => other.bytes - one.bytes)
    .map(({ what, bytes }) => `${what} ${formatSize(bytes)}`)
    .join(', ')
}

/** `QEMU HARDDISK, 8 GiB, serial keystone-a`, with what a person should know before it is erased. */
export function describeDisk(disk: Disk): string {
  const parts = [disk.model ?? disk.name, formatSize(disk.sizeBytes)]
  if (disk.serial !== null) parts.push(`serial ${disk.serial}`)
  if (disk.isRemovable) parts.push('removable')
  if (disk.contents.length > 0) parts.push(`holds ${disk.contents.join(', ')}`)
  return parts.join(', ')
}

function describeDevice(device: string, list: DiskList, hardware: Hardware): string {
  const disk = hardware.disks.find(({ id }) => id === device)
  const words = disk ? describeDisk(disk) : device
  return list === 'devices' ? words : `${words} (${LIST_WORDS[list]})`
}
