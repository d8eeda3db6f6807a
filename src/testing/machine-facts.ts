import type { Disk, Hardware, NetworkInterface, StackedInterface, Tpm } from '../model/hardware.ts'
import { formatSize } from '../model/size.ts'
import { checkMachine } from '../plan/check-machine.ts'
import { DEFAULT_ESP_BYTES } from '../plan/sizes.ts'
import { targetProblems } from '../steps/disk/target-problems.ts'

/** What a person should see on a machine: the form of its expected.json, which is written by hand. */
export type MachineFacts = {
  readonly firmware: string
  readonly secureBoot: string
  /** `2.0`, `2.0, in lockout`, `2.0, not usable`, `1.2`, `none`, `unknown`. */
  readonly tpm: string
  readonly memory: string
  /** Kernel name -> the name below /dev/disk/by-id, of every disk that can be chosen with the usual boot partition and no
   *  swap. */
  readonly offered: Readonly<Record<string, string>>
  /** Kernel name -> code and words of the first reason. */
  readonly refused: Readonly<Record<string, string>>
  /** Kernel name -> what is on it, of every disk with something on it. */
  readonly contents: Readonly<Record<string, readonly string[]>>
  readonly interfaces: Readonly<Record<string, string>>
  readonly stacked: Readonly<Record<string, string>>
  /** Codes of what could not be read, each once. */
  readonly problems: readonly string[]
  /** `yes`, or the codes of what makes the machine unfit. */
  readonly fit: string
}

export function factsOf(hardware: Hardware): MachineFacts {
  const reasons = new Map(hardware.disks.map((disk) => [disk.name, whyRefused(disk)]))
  const offered = hardware.disks.filter((disk) => reasons.get(disk.name) === null)
  const refused = hardware.disks.filter((disk) => reasons.get(disk.name) !== null)
  return {
    firmware: hardware.firmware,
    secureBoot: hardware.secureBoot,
    tpm: tpmWords(hardware.tpm),
    memory: hardware.memoryBytes === 'unknown' ? 'unknown' : formatSize(hardware.memoryBytes),
    offered: Object.fromEntries(offered.map((disk) => [disk.name, disk.id?.replace('/dev/disk/by-id/', '') ?? ''])),
    refused: Object.fromEntries(refused.map((disk) => [disk.name, reasons.get(disk.name) ?? ''])),
    contents: Object.fromEntries(
      hardware.disks.flatMap((disk) => (disk.contents.length > 0 ? [[disk.name, disk.contents]] : [])),
    ),
    interfaces: Object.fromEntries(hardware.interfaces.map((one) => [one.name, interfaceWords(one)])),
    stacked: Object.fromEntries((hardware.stackedInterfaces ?? []).map((one) => [one.name, stackedWords(one)])),
    problems: [...new Set(hardware.problems.map((problem) => problem.code))],
    fit: whyUnfit(hardware).join(', ') || 'yes',
  }
}

/** What stands in the way of any install on this machine, by code: the machine itself, or that no disk can be chosen. */
export function whyUnfit(hardware: Hardware): readonly string[] {
  const unfit = checkMachine(hardware).map((problem) => problem.code)
  const hasTarget = hardware.disks.some((disk) => whyRefused(disk) === null)
  return hasTarget || hardware.disks.length === 0 ? unfit : [...unfit, 'no-disk-to-offer']
}

/** `disk-in-use: sda is in use: mounted at /`, or null when it can be chosen. */
export function whyRefused(disk: Disk): string | null {
  const [first] = targetProblems(disk, { espBytes: DEFAULT_ESP_BYTES, swapBytes: 0 }, [])
  return first === undefined ? null : `${first.code}: ${first.message}`
}

function tpmWords({ isPresent, version, isUsable, isLockedOut }: Tpm): string {
  if (isPresent === 'unknown') return 'unknown'
  if (!isPresent) return 'none'
  if (version !== '2.0') return version
  return isLockedOut === true ? '2.0, in lockout' : isUsable ? '2.0' : '2.0, not usable'
}

function interfaceWords({ hasCarrier, speedMbit, isWireless, memberOf, addresses }: NetworkInterface): string {
  const link = hasCarrier === 'unknown' ? 'link unknown' : hasCarrier ? 'link' : 'no link'
  const facts = [
    isWireless ? 'wireless' : null,
    link,
    speedMbit === undefined ? null : `${speedMbit} Mbit/s`,
    memberOf === undefined ? null : `in ${memberOf}`,
  ]
  return [...facts.filter((fact) => fact !== null), ...addresses].join(', ')
}

function stackedWords({ kind, members, mode, vlan, addresses }: StackedInterface): string {
  const what = [kind, vlan, mode].filter((part) => part !== undefined).join(' ')
  return [members.length > 0 ? `${what} on ${members.join(' and ')}` : what, ...addresses].join(', ')
}
