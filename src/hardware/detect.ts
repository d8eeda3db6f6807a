import type { Cpu, Hardware, Machine, Tpm } from '../model/hardware.ts'
import type { System } from '../system/system.ts'
import { parseCpu, readCpu } from './cpu.ts'
import { readFirmware } from './firmware.ts'
import { readMemory } from './memory.ts'
import { readInterfaces } from './network.ts'
import { hardwareProblem, type Part } from './part.ts'
import { readDisks } from './read-disks.ts'
import { readTpm } from './tpm.ts'

const UNKNOWN_CPU: Cpu = parseCpu('', null)
const UNKNOWN_TPM: Tpm = { isPresent: 'unknown', version: 'unknown', isUsable: false }
const UNKNOWN_MACHINE: Machine = { vendor: 'unknown', product: 'unknown' }
/** The machine's name is worth a moment of waiting, not more. */
const IDENTIFY_TIMEOUT_MS = 200

export type DetectOptions = {
  /** Called with each part as soon as it is known, for a screen that fills up. */
  readonly onPart?: (part: Partial<Hardware>) => void
  /** Asks for the maker's name of the machine: `identifyMachine` of system/. Left out, `machine` is left out. */
  readonly identify?: () => Promise<Machine>
}

/** Looks at the whole machine, everything at once. Never throws: a source that is missing or odd gives 'unknown' and a
 *  Problem, because an installer that cannot say what it found is of no use to anybody. */
export async function detectHardware(system: System, options: DetectOptions = {}): Promise<Hardware> {
  const { onPart, identify } = options

  async function guard<Key extends keyof Hardware>(
    name: string,
    reading: Promise<Part<Key>>,
    unknown: Part<Key>['value'],
  ): Promise<Part<Key>> {
    const part = await reading.catch((error: unknown): Part<Key> => {
      const message = `cannot read this part of the machine: ${error instanceof Error ? error.message : String(error)}`
      return { value: unknown, problems: [hardwareProblem(name, `cannot-read-${name}`, message)] }
    })
    onPart?.(part.value)
    return part
  }

  const [cpu, memory, firmware, tpm, disks, network, machine] = await Promise.all([
    guard('cpu', readCpu(system), { cpu: UNKNOWN_CPU }),
    guard('memory', readMemory(system), { memoryBytes: 'unknown' }),
    guard('firmware', readFirmware(system), { firmware: 'unknown', secureBoot: 'unknown' }),
    guard('tpm', readTpm(system), { tpm: UNKNOWN_TPM }),
    guard('disks', readDisks(system), { disks: [] }),
    guard('network', readInterfaces(system), { interfaces: [] }),
    identify ? inTime(identify()) : undefined,
  ])
  if (machine) onPart?.({ machine })
  return {
    ...(machine ? { machine } : {}),
    ...cpu.value,
    ...memory.value,
    ...firmware.value,
    ...tpm.value,
    ...disks.value,
    ...network.value,
    problems: [cpu, memory, firmware, tpm, disks, network].flatMap((part) => part.problems),
  }
}

async function inTime(machine: Promise<Machine>): Promise<Machine> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Machine>((resolve) => {
    timer = setTimeout(() => resolve(UNKNOWN_MACHINE), IDENTIFY_TIMEOUT_MS)
  })
  try {
    return await Promise.race([machine, late])
  } catch {
    return UNKNOWN_MACHINE
  } finally {
    clearTimeout(timer)
  }
}
