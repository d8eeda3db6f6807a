import type { Cpu } from '../model/hardware.ts'
import type { System } from '../system/system.ts'
import { hardwareProblem, type Part } from './part.ts'
import { plainText } from './plain-text.ts'

/** From the text of /proc/cpuinfo, of x86 or ARM (which names no model there), and of /proc/sys/kernel/arch, which kernels
 *  before 6.1 do not have. */
export function parseCpu(cpuinfo: string, arch: string | null): Cpu {
  const processors = cpuinfo
    .split(/\n\s*\n/)
    .map(
      (block) =>
        new Map([...block.matchAll(/^([^:\n]+?)\s*:[ \t]*(.*)$/gm)].map(([, key = '', value = '']) => [key, value])),
    )
    .filter((fields) => fields.has('processor'))
  const first = processors[0]
  const flags = first?.get('flags')?.split(' ')
  const coreIds = new Set(
    processors.flatMap((fields) =>
      fields.has('core id') ? [`${fields.get('physical id')}:${fields.get('core id')}`] : [],
    ),
  )
  return {
    model: plainText(first?.get('model name')?.replace(/\s+/g, ' ') ?? '') ?? 'unknown',
    // Guests without a topology name no cores: there each processor is one.
    cores: coreIds.size || processors.length || 'unknown',
    threads: processors.length || 'unknown',
    architecture: /^[a-z0-9_]+$/.exec(arch?.trim() ?? '')?.[0] ?? architectureOf(first),
    virtualisation: flags ? (flags.includes('vmx') ? 'vmx' : flags.includes('svm') ? 'svm' : 'none') : 'unknown',
    isGuest: flags ? flags.includes('hypervisor') : 'unknown',
  }
}

function architectureOf(processor: Map<string, string> | undefined): string {
  // `lm`, long mode: the CPU runs 64-bit code.
  if (processor?.get('flags')?.split(' ').includes('lm')) return 'x86_64'
  return processor?.get('CPU architecture') === '8' ? 'aarch64' : 'unknown'
}

export async function readCpu(system: System): Promise<Part<'cpu'>> {
  const [cpuinfo, arch] = await Promise.all([
    system.readText('/proc/cpuinfo'),
    system.readText('/proc/sys/kernel/arch'),
  ])
  const problem = hardwareProblem('cpu', 'cannot-read-cpu', 'cannot read the CPU from /proc/cpuinfo')
  return { value: { cpu: parseCpu(cpuinfo ?? '', arch) }, problems: cpuinfo === null ? [problem] : [] }
}
