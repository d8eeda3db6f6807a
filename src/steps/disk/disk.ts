import * as z from 'zod'
import { type DiskAnswers, LAYOUTS } from '../../model/answers.ts'
import type { Disk, Hardware } from '../../model/hardware.ts'
import type { Problem } from '../../model/problem.ts'
import { formatSize, parseSize } from '../../model/size.ts'
import { DISKS_NEEDED, LAYOUT_TITLES, planStorage } from '../../plan/disk-layout.ts'
import { acrossFields, checkedText, type FieldCheck, quote } from '../field.ts'
import type { Step } from '../step.ts'
import { checkSwap, suggestedSwap } from './swap.ts'
import { targetProblems } from './target-problems.ts'

/** A whitelist, because disko puts device names into a shell script without escaping them. */
export const checkDevice: FieldCheck = (text) => {
  if (/^\/dev\/disk\/by-id\/[A-Za-z0-9._:+@=-]+$/.test(text)) return null
  return {
    code: 'invalid-device',
    message: `a disk is named by /dev/disk/by-id/…, got ${quote(text)}`,
    hint: 'keystone detect lists the disks; names like /dev/sda may change at each boot',
  }
}

const fields = z
  .strictObject({
    layout: z.enum(LAYOUTS).describe(`one of ${LAYOUTS.join(', ')}`),
    devices: z.array(checkedText(checkDevice, '/dev/disk/by-id/…')).describe('a list of /dev/disk/by-id/… names'),
    swap: checkedText(checkSwap, 'size such as 4GiB, 0 for none'),
  })
  .check(acrossFields<{ layout: DiskAnswers['layout']; devices: string[] }>(checkDiskCount))

function checkDiskCount(
  { layout, devices }: { layout?: DiskAnswers['layout']; devices?: string[] },
  report: Parameters<Parameters<typeof acrossFields>[0]>[1],
): void {
  devices?.forEach((device, index) => {
    if (devices.indexOf(device) === index) return
    const hint = 'choose another disk, or take it off the list'
    report(['devices', index], { code: 'same-disk-twice', message: 'this disk is on the list already', hint })
  })
  if (!layout || !devices) return
  const needed = DISKS_NEEDED[layout]
  const rule = `${layout} needs ${needed === 1 ? 'exactly 1 disk' : `exactly ${needed} disks`}, got ${devices.length}`
  if (devices.length < needed) {
    const hint = devices.length === 0 ? 'choose a disk' : 'add a disk, or choose single-zfs'
    report(['devices'], { code: 'too-few-disks', message: rule, hint })
  }
  if (devices.length > needed) {
    const hint =
      needed === 1 && devices.length === 2
        ? 'take one disk off the list, or choose mirror-zfs'
        : 'take disks off the list'
    report(['devices'], { code: 'too-many-disks', message: rule, hint })
  }
}

export const diskStep: Step<'disk'> = {
  id: 'disk',
  title: 'Disk',
  help: [
    'Choose where the system goes. The chosen disks are erased completely, after you have typed their names on a later page; ' +
      'until then nothing is changed.',
    'ZFS checks all data for damage, and takes a snapshot each hour; it is the choice for a server. With a mirror two disks hold the ' +
      'same data, and the machine goes on when one of them dies. ext4 is plain and small.',
    'All layouts are encrypted. Each disk gets a small boot partition, swap with a new random key at each boot, and the rest ' +
      'for the system.',
    'A disk in grey cannot be chosen; the reason stands next to it.',
  ],
  schema: fields.transform(({ layout, devices, swap }) => ({ layout, devices, swapBytes: parseSize(swap) ?? 0 })),
  defaults(hardware) {
    const free = hardware.disks.filter((disk) => !disk.isRemovable && targetProblems(disk, 0, []).length === 0)
    const devices = free.slice(0, 1).flatMap(({ id }) => (id === null ? [] : [id]))
    return { layout: 'single-zfs', devices, swap: suggestedSwap(hardware.memoryBytes, free[0]?.sizeBytes) }
  },
  check(value, hardware) {
    return value.devices.flatMap((device, index) => {
      const path = ['disk', 'devices', index]
      const disk = hardware.disks.find(({ id }) => id === device)
      return disk ? targetProblems(disk, value.swapBytes, path) : [notFoundProblem(device, hardware, path)]
    })
  },
  summary(value, hardware) {
    const usable = planStorage(value, hardware.disks)?.usableBytes
    return [
      { label: 'Layout', value: LAYOUT_TITLES[value.layout] },
      ...value.devices.map((device) => ({ label: 'Erase', value: describeDevice(device, hardware) })),
      {
        label: 'Swap',
        value: value.swapBytes === 0 ? 'none' : `${formatSize(value.swapBytes)} on each disk, encrypted`,
      },
      ...(usable === undefined ? [] : [{ label: 'Space', value: `about ${formatSize(usable)} for system and data` }]),
    ]
  },
}

function notFoundProblem(device: string, hardware: Hardware, path: Problem['path']): Problem {
  const known = hardware.disks.flatMap(({ id }) => (id === null ? [] : [id]))
  return {
    code: 'disk-not-found',
    path,
    message: `this machine has no disk ${device}`,
    hint: known.length > 0 ? `it has ${known.join(', ')}` : 'no disk with a stable name was found',
  }
}

/** `QEMU HARDDISK, 8 GiB, serial keystone-a`, with what a person should know before it is erased. */
export function describeDisk(disk: Disk): string {
  const parts = [disk.model ?? disk.name, formatSize(disk.sizeBytes)]
  if (disk.serial !== null) parts.push(`serial ${disk.serial}`)
  if (disk.isRemovable) parts.push('removable')
  if (disk.contents.length > 0) parts.push(`holds ${disk.contents.join(', ')}`)
  return parts.join(', ')
}

function describeDevice(device: string, hardware: Hardware): string {
  const disk = hardware.disks.find(({ id }) => id === device)
  return disk ? describeDisk(disk) : device
}
