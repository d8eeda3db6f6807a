import type { Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'
import { formatSize, MIB } from '../model/size.ts'

/** A machine with 1 GiB reports less, because the kernel and the firmware keep some for themselves. */
const MIN_MEMORY_BYTES = 900 * MIB

/** What no answer can put right: the machine itself is unfit. What is unknown is not held against it. */
export function checkMachine(hardware: Hardware): readonly Problem[] {
  const { cpu, firmware, memoryBytes, disks } = hardware
  const problems: Problem[] = []
  if (firmware === 'bios') {
    problems.push({
      code: 'needs-uefi',
      path: ['hardware', 'firmware'],
      message: 'the installed system starts by UEFI only, but this machine was started in BIOS mode',
      hint: 'turn on UEFI in the firmware settings (often: turn off CSM or Legacy), then start again',
    })
  }
  if (memoryBytes !== 'unknown' && memoryBytes < MIN_MEMORY_BYTES) {
    problems.push({
      code: 'too-little-memory',
      path: ['hardware', 'memory'],
      message: `the install needs 1 GiB of memory, this machine has ${formatSize(memoryBytes)}`,
      hint: 'add memory',
    })
  }
  if (cpu.architecture !== 'x86_64') {
    problems.push({
      code: 'unsupported-architecture',
      path: ['hardware', 'cpu'],
      message: `the system is made for x86_64 processors, this machine has ${cpu.architecture}`,
    })
  }
  if (disks.length === 0) {
    problems.push({
      code: 'no-disks',
      path: ['hardware', 'disks'],
      message: 'no disk was found',
      hint: 'check the cables; in a virtual machine, add a disk; some storage controllers need another firmware setting (AHCI)',
    })
  }
  return problems
}
