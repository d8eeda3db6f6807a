import type { DiskAnswers } from '../../model/answers.ts'
import type { Disk, Hardware } from '../../model/hardware.ts'
import type { Problem } from '../../model/problem.ts'
import { formatSize, MIB } from '../../model/size.ts'
import type { DiskList } from './disk-rules.ts'
import { targetProblems } from './target-problems.ts'

/** What only the machine can tell: whether each disk is there, free and large enough, and the memory fits into the swap. */
export function checkDisks(value: DiskAnswers, hardware: Hardware): readonly Problem[] {
  const byId = new Map(hardware.disks.flatMap((disk) => (disk.id === null ? [] : [[disk.id, disk] as const])))
  const boot = { espBytes: value.espBytes, swapBytes: value.swapBytes }
  const problems = deviceLists(value).flatMap(([list, devices]) =>
    devices.flatMap((device, index) => {
      const path = ['disk', list, index]
      const disk = byId.get(device)
      return disk
        ? targetProblems(disk, list === 'devices' ? boot : null, path)
        : [notFoundProblem(device, hardware, path)]
    }),
  )
  return [...problems, ...spareProblems(value, byId), ...hibernationProblems(value, hardware)]
}

/** The lists of an answer, each under its key in the draft. */
export function deviceLists(value: DiskAnswers): readonly (readonly [DiskList, readonly string[]])[] {
  return [
    ['devices', value.devices],
    ['spares', value.spares],
    ['log', value.log],
    ['cache', value.cache],
    ['special', value.special],
    ['dataDevices', value.dataPool?.devices ?? []],
  ]
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

/** A spare has one partition, a system disk loses some of its space to ESP and swap: whole MiB, so a MiB is margin enough. */
function spareProblems(value: DiskAnswers, byId: ReadonlyMap<string, Disk>): readonly Problem[] {
  const fixed = value.espBytes + (value.swapKind === 'random' ? value.swapBytes : 0)
  const sizes = value.devices.map((device) => byId.get(device)?.sizeBytes ?? Number.POSITIVE_INFINITY)
  const needed = Math.min(...sizes) - fixed + MIB
  if (!Number.isFinite(needed)) return []
  return value.spares.flatMap((device, index) => {
    const spare = byId.get(device)
    if (!spare || spare.sizeBytes >= needed) return []
    return [
      {
        code: 'spare-too-small',
        path: ['disk', 'spares', index],
        message: `a spare must hold as much as the disk it stands in for, ${formatSize(needed)}, ${spare.name} has ${formatSize(spare.sizeBytes)}`,
        hint: 'choose a larger spare, or none',
      },
    ]
  })
}

function hibernationProblems({ swapKind, swapBytes }: DiskAnswers, { memoryBytes }: Hardware): readonly Problem[] {
  if (swapKind !== 'hibernation' || memoryBytes === 'unknown' || swapBytes >= memoryBytes) return []
  return [
    {
      code: 'swap-smaller-than-memory',
      path: ['disk', 'swap'],
      message: `hibernation needs swap for all of the memory, ${formatSize(memoryBytes)}, got ${formatSize(swapBytes)}`,
      hint: 'choose more swap, or no hibernation',
    },
  ]
}
