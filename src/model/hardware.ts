import type { Problem } from './problem.ts'

/** What is here: detected, never guessed. A source that is missing or odd gives 'unknown' and a Problem. */
export type Unknown = 'unknown'

export type Cpu = {
  readonly model: string | Unknown
  /** Physical cores, and hardware threads. */
  readonly cores: number | Unknown
  readonly threads: number | Unknown
  readonly architecture: string
  /** What the CPU offers to guests: Intel VT-x, AMD-V, none. */
  readonly virtualisation: 'vmx' | 'svm' | 'none' | Unknown
  /** True when this machine is itself a guest (the `hypervisor` CPU flag). */
  readonly isGuest: boolean | Unknown
}

export type Firmware = 'uefi' | 'bios' | Unknown
export type SecureBoot = 'enabled' | 'disabled' | 'setup-mode' | 'unsupported' | Unknown

export type Tpm = {
  readonly isPresent: boolean | Unknown
  readonly version: '2.0' | '1.2' | Unknown
  /** True when a TPM2 answers through the kernel's resource manager, so that keys can be sealed to it. */
  readonly isUsable: boolean
  /** True while it refuses every PIN, because too many wrong ones were tried; keys without a PIN work meanwhile. Left out
   *  where there is no TPM2 to ask. */
  readonly isLockedOut?: boolean | Unknown
}

export type DiskKind = 'nvme' | 'ssd' | 'hdd' | 'virtual' | Unknown

export type Partition = {
  /** `/dev/vda1`; also mappings and zvols below the disk. */
  readonly path: string
  readonly sizeBytes: number
  readonly label: string | null
  /** As lsblk says: `vfat`, `ext4`, `zfs_member`, `crypto_LUKS`, … */
  readonly filesystem: string | null
  readonly mountpoints: readonly string[]
}

export type Disk = {
  /** Kernel name, only for showing and for the typed confirmation: `vda`. It may change at each boot. */
  readonly name: string
  /** `/dev/vda` */
  readonly path: string
  /** Stable name below `/dev/disk/by-id/`, or null when udev knows none that means this disk alone (such a disk cannot be a
   *  target). */
  readonly id: string | null
  /** Why `id` is null, where it is not for want of names; goes on after the disk's name: `cannot be told from sdb: …`. */
  readonly whyNoId?: string
  readonly model: string | null
  readonly serial: string | null
  readonly sizeBytes: number
  readonly kind: DiskKind
  /** lsblk's TRAN: `nvme`, `sata`, `usb`, `virtio`, `mmc`, … */
  readonly transport: string | null
  readonly isRemovable: boolean
  readonly isReadOnly: boolean
  /** The running system (live medium) came from this disk. */
  readonly isBootMedium: boolean
  /** Why it cannot be used now (`mounted at /home`, `swap in use`), or null when it is free. */
  readonly inUse: string | null
  readonly logicalSectorBytes: number
  readonly physicalSectorBytes: number
  readonly partitions: readonly Partition[]
  /** What a person would call what is on it: `Windows (NTFS)`, `Linux (ext4, debian)`, `ZFS pool tank`, `LVM (ubuntu-vg)`,
   *  `EFI system partition`. Labels are somebody else's text: cut short, without control characters. */
  readonly contents: readonly string[]
}

export type NetworkInterface = {
  /** `enp0s2` */
  readonly name: string
  readonly mac: string | Unknown
  readonly driver: string | null
  readonly hasCarrier: boolean | Unknown
  /** With prefix length: `10.0.2.15/24`, `fe80::1/64`. */
  readonly addresses: readonly string[]
  readonly isWireless: boolean
  /** What it is running at, in Mbit/s; left out while it has no link or does not say. */
  readonly speedMbit?: number
  /** The bond or bridge of the running system that it is a member of: its addresses are there. */
  readonly memberOf?: string
}

/** A bond, VLAN or bridge of the running system. It says how the machine is connected now; nothing is installed on it. */
export type StackedInterface = {
  readonly name: string
  readonly kind: 'bond' | 'vlan' | 'bridge'
  /** The interfaces below it. */
  readonly members: readonly string[]
  /** 802.1Q id of a VLAN. */
  readonly vlan?: number
  /** Of a bond: `active-backup`, `802.3ad`, … */
  readonly mode?: string
  readonly addresses: readonly string[]
}

/** What the maker calls the machine: `Dell Inc.`, `PowerEdge R640`. Only for showing. */
export type Machine = {
  readonly vendor: string | Unknown
  readonly product: string | Unknown
}

export type Hardware = {
  /** Left out when nobody was asked. */
  readonly machine?: Machine
  readonly cpu: Cpu
  readonly memoryBytes: number | Unknown
  readonly firmware: Firmware
  readonly secureBoot: SecureBoot
  readonly tpm: Tpm
  readonly disks: readonly Disk[]
  readonly interfaces: readonly NetworkInterface[]
  /** Left out when there are none. */
  readonly stackedInterfaces?: readonly StackedInterface[]
  /** What could not be read, and what follows from it. */
  readonly problems: readonly Problem[]
}
