import type { Confirmation, DiskAnswers } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'

/** The confirmation that a person gave for these disks, with serial and size as they were then. Null when the machine does
 *  not have one of them. */
export function confirmationOf(devices: DiskAnswers['devices'], hardware: Hardware): Confirmation | null {
  const disks = devices.flatMap((device) => {
    const disk = hardware.disks.find(({ id }) => id === device)
    return disk ? [{ id: device, serial: disk.serial, sizeBytes: disk.sizeBytes }] : []
  })
  return disks.length === devices.length ? { disks } : null
}

/** The headless counterpart of the typed confirmation: `confirm.erase` of the answer file must name exactly the disks that
 *  will be erased, in any order. `erase` is null when the file has none. */
export function confirmationProblem(devices: DiskAnswers['devices'], erase: readonly string[] | null): Problem | null {
  const isSame = erase !== null && [...devices].sort().join('\n') === [...erase].sort().join('\n')
  if (isSame) return null
  return {
    code: 'not-confirmed',
    path: erase === null ? ['confirm'] : ['confirm', 'erase'],
    message:
      erase === null
        ? 'nobody has confirmed that the disks may be erased'
        : 'confirm.erase must list exactly the disks of disk.devices',
    hint: `to erase them, list ${devices.join(' and ')}`,
  }
}
