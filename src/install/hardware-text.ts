import { contentsWords } from '../hardware/disk-contents.ts'
import type { Disk, Hardware, NetworkInterface } from '../model/hardware.ts'
import { formatSize } from '../model/size.ts'

/** The machine for a person, one fact a line. */
export function formatHardware(hardware: Hardware): string {
  const { machine, cpu, memoryBytes, firmware, secureBoot, tpm, disks, interfaces, problems } = hardware
  return [
    ...(machine ? [row('machine', `${machine.vendor} ${machine.product}`)] : []),
    row('cpu', `${cpu.model}, ${cpu.cores} cores, ${cpu.threads} threads, virtualisation: ${cpu.virtualisation}`),
    row('memory', memoryBytes === 'unknown' ? 'unknown' : formatSize(memoryBytes)),
    row('firmware', `${firmware}, Secure Boot: ${secureBoot}`),
    row('tpm', tpm.isPresent === true ? `version ${tpm.version}, ${tpm.isUsable ? 'usable' : 'not usable'}` : 'none'),
    ...disks.flatMap(diskRows),
    ...interfaces.map(interfaceRow),
    ...problems.map(({ message, hint }) => row('problem', hint === undefined ? message : `${message} (${hint})`)),
  ]
    .join('\n')
    .concat('\n')
}

function diskRows(disk: Disk): string[] {
  const facts = [disk.path, formatSize(disk.sizeBytes), disk.kind, disk.model, disk.serial && `serial ${disk.serial}`]
  const states = [contentsWords(disk), disk.isBootMedium ? 'the boot medium' : null, disk.inUse]
  return [
    row('disk', facts.filter((fact) => fact !== null && fact !== '').join(', ')),
    row('', disk.id ?? 'no stable name: cannot be installed on'),
    row('', states.filter((state) => state !== null).join(', ')),
  ]
}

function interfaceRow({ name, mac, driver, hasCarrier, addresses }: NetworkInterface): string {
  const carrier = hasCarrier === 'unknown' ? 'link unknown' : hasCarrier ? 'link up' : 'no link'
  return row('network', [name, mac, driver ?? 'driver unknown', carrier, ...addresses].join(', '))
}

function row(label: string, text: string): string {
  return `${label.padEnd(9)} ${text}`
}
