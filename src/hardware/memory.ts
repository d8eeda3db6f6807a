import type { Unknown } from '../model/hardware.ts'
import type { System } from '../system/system.ts'
import { hardwareProblem, type Part } from './part.ts'

/** MemTotal of /proc/meminfo in bytes: what the kernel can use, some percent below what is plugged in. The file says kB
 *  and means KiB. Source: Linux, fs/proc/meminfo.c. */
export function parseMemory(meminfo: string): number | Unknown {
  const total = /^MemTotal:\s*(\d+) kB$/m.exec(meminfo)?.[1]
  const bytes = Number(total) * 1024
  return Number.isSafeInteger(bytes) ? bytes : 'unknown'
}

export async function readMemory(system: System): Promise<Part<'memoryBytes'>> {
  const memoryBytes = parseMemory((await system.readText('/proc/meminfo')) ?? '')
  const problem = hardwareProblem('memoryBytes', 'cannot-read-memory', 'cannot read the memory size from /proc/meminfo')
  return { value: { memoryBytes }, problems: memoryBytes === 'unknown' ? [problem] : [] }
}
