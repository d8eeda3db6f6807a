import type { Disk, Hardware } from '../model/hardware.ts'
import type { Plan, PlannedDisk } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { formatSize } from '../model/size.ts'

/** What is not any more as the plan was made for, and what an install could not go on without. Empty: the same machine. What
 *  is in use is not looked at: the install that was begun may hold its own disks. */
export function diffMachine(plan: Plan, hardware: Hardware): readonly Problem[] {
  return [
    ...plan.storage.disks.flatMap((disk) => diffDisk(disk, hardware.disks)),
    ...diffFirmware(plan, hardware),
    ...diffNetwork(plan, hardware),
  ]
}

function diffDisk(planned: PlannedDisk, disks: readonly Disk[]): readonly Problem[] {
  const path = ['disk', 'devices', planned.id]
  const hint = 'put the disk back that it was begun on, or start over'
  const problem = (code: string, message: string): Problem => ({ code, path, message, hint })
  const found = disks.find(({ id }) => id === planned.id)
  if (found === undefined) {
    const size = formatSize(planned.sizeBytes)
    const serial = planned.serial === null ? '' : `, serial ${planned.serial}`
    return [problem('disk-gone', `the disk ${planned.id} (${size}${serial}) is not there`)]
  }
  return [
    ...(found.sizeBytes === planned.sizeBytes
      ? []
      : [
          problem(
            'disk-size-changed',
            `the disk ${planned.id} had ${planned.sizeBytes} bytes, and now it has ${found.sizeBytes}`,
          ),
        ]),
    ...(found.serial === planned.serial
      ? []
      : [
          problem(
            'disk-serial-changed',
            `the disk ${planned.id} had the serial ${planned.serial ?? 'none'}, and now it has ${found.serial ?? 'none'}`,
          ),
        ]),
  ]
}

function diffFirmware({ unlock }: Plan, { firmware, tpm }: Hardware): readonly Problem[] {
  const problems: Problem[] = []
  if (firmware === 'bios') {
    const message = 'this machine was started without UEFI, and the install was begun with it'
    const hint = 'choose UEFI in the firmware settings and start from the medium again'
    problems.push({ code: 'no-uefi', path: ['hardware', 'firmware'], message, hint })
  }
  if ((unlock === 'tpm' || unlock === 'tpm-pin') && tpm.isPresent !== 'unknown' && !tpm.isUsable) {
    const message = 'the disks are to be unlocked by the TPM, and no TPM2 answers now'
    const hint = 'turn the TPM on in the firmware settings, or start over without it'
    problems.push({ code: 'no-tpm', path: ['hardware', 'tpm'], message, hint })
  }
  return problems
}

/** By name: the plan's configuration names it too, and would wait for it at each boot. */
function diffNetwork({ network }: Plan, { interfaces }: Hardware): readonly Problem[] {
  const wanted = network.bond?.interfaces ?? (network.interface === 'any' ? [] : [network.interface])
  return wanted
    .filter((name) => !interfaces.some((one) => one.name === name))
    .map((name) => ({
      code: 'interface-gone',
      path: ['network', 'interface', name],
      message: `the network interface ${name} is not there`,
      hint: 'put the card back, or start over',
    }))
}
