import type { Confirmation, DiskAnswers } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'

/** Every disk that these answers erase, in the order of the plan. */
export function erasedDisks(disk: DiskAnswers): readonly string[] {
  return [
    ...disk.devices,
    ...disk.spares,
    ...disk.log,
    ...disk.cache,
    ...disk.special,
    ...(disk.dataPool?.devices ?? []),
  ]
}

/** The confirmation that a person gave for these disks (all of `erasedDisks`), with serial and size as they were then. Null
 *  when the machine does not have one of them. */
export function confirmationOf(devices: readonly string[], hardware: Pick<Hardware, 'disks'>): Confirmation | null {
  const disks = devices.flatMap((device) => {
    const disk = hardware.disks.find(({ id }) => id === device)
    return disk ? [{ id: device, serial: disk.serial, sizeBytes: disk.sizeBytes, path: disk.path }] : []
  })
  return disks.length === devices.length ? { disks } : null
}
