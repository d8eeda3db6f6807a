import { readFileSync } from 'node:fs'
import type { MachineFacts } from './machine-facts.ts'

/** Every kind of machine that must stand somewhere among the recorded ones. */
export const MACHINE_KINDS = [
  'one NVMe',
  'two NVMe',
  '12 HDD + 2 SSD',
  '4Kn',
  'BIOS only',
  'Secure Boot on',
  'Secure Boot off',
  'Secure Boot in setup mode',
  'TPM 1.2',
  'TPM 2.0',
  'no TPM',
  'TPM in lockout',
  'USB stick with the ISO',
  'Ventoy',
  'CD',
  'PXE',
  'copied to RAM',
  'multipath',
  'md leftovers',
  'LVM leftovers',
  'LUKS leftovers',
  'bcache leftovers',
  'ZFS leftovers',
  'BitLocker leftovers',
  'Windows beside',
  'another Linux beside',
  'dm-crypt in use',
  'eMMC',
  'SD card',
  'loop',
  'zram',
  'nbd',
  'floppy',
  '90 disks',
  'duplicate WWNs',
  'bogus WWNs',
  'non-ASCII labels',
  'no NIC',
  '1 NIC',
  '8 NICs',
  'bond',
  'VLAN',
  'Wi-Fi',
  'no carrier',
  '1 GiB RAM',
  '1 TiB RAM',
  'QEMU',
  'VMware',
  'Hyper-V',
  'EC2',
] as const

export type Expected = MachineFacts & {
  /** One line for the table of supported hardware. */
  readonly about: string
  readonly kinds: readonly string[]
}

export function readExpected(name: string): Expected {
  return JSON.parse(readFileSync(new URL(`machines/${name}/expected.json`, import.meta.url), 'utf8')) as Expected
}
