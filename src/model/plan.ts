import type { DataPoolLayout, Layout, NetworkAnswers, Role, SystemAnswers, Unlock } from './answers.ts'

export type DiskRole = 'system' | 'spare' | 'log' | 'cache' | 'special' | 'data'

/** One target disk with everything that is compared again right before the wipe. */
export type PlannedDisk = {
  /** disko's attribute name and part of the GPT labels: `a`, `b`, … `z`, `aa`; others by role: `spare1`, `data2`. */
  readonly key: string
  readonly role: DiskRole
  readonly id: string
  readonly model: string | null
  readonly serial: string | null
  readonly sizeBytes: number
  readonly logicalSectorBytes: number
  /** Where this disk's ESP is mounted on the target: `/boot`, `/boot2`. Null when it has none (not a boot disk). */
  readonly espMountpoint: string | null
}

export type PlannedMount = {
  /** On the target: `/`, `/nix`, `/boot`. */
  readonly target: string
  /** What findmnt shows as SOURCE: a dataset (`rpool/crypt/root`), `/dev/mapper/root`, or a partition by label. */
  readonly source: string
  readonly filesystem: 'zfs' | 'ext4' | 'xfs' | 'vfat'
}

export type PlannedDataset = {
  readonly name: string
  readonly mountpoint: string
}

/** One line of `zpool create`: `''` is a single disk or a stripe's member. */
export type PlannedVdev = {
  readonly kind: 'data' | 'spare' | 'log' | 'cache' | 'special'
  readonly mode: '' | 'mirror' | 'raidz1' | 'raidz2' | 'raidz3'
  /** PlannedDisk.key, in order. */
  readonly disks: readonly string[]
}

/** A part of the raw capacity and what it is for: `esp`, `swap`, `partition table`, `parity`, `slop space`. In bytes. */
export type SpacePart = { readonly what: string; readonly bytes: number }

export type PlannedDataPool = {
  readonly layout: DataPoolLayout
  readonly pool: string
  readonly vdevs: readonly PlannedVdev[]
  readonly datasets: readonly PlannedDataset[]
  readonly usableBytes: number
  /** Adds up, with `usableBytes`, to the size of its disks. */
  readonly space: readonly SpacePart[]
}

export type PlannedStorage = {
  readonly layout: Layout
  readonly isEncrypted: boolean
  readonly espBytes: number
  readonly swapBytes: number
  readonly swapKind: 'random' | 'hibernation'
  /** All disks that are erased, system disks first, in the order of the answers. */
  readonly disks: readonly PlannedDisk[]
  /** The LUKS2 device the installer enrols keys into, e.g. `/dev/zvol/rpool/credstore`; null without encryption. */
  readonly luksDevice: string | null
  /** Name of its mapping: `credstore` or `cryptroot`; null without encryption. */
  readonly luksName: string | null
  /** Null for ext4 and xfs, and so are the vdevs. */
  readonly pool: string | null
  readonly vdevs: readonly PlannedVdev[]
  readonly datasets: readonly PlannedDataset[]
  readonly mounts: readonly PlannedMount[]
  readonly dataPool: PlannedDataPool | null
  /** What `zfs list` (USED + AVAIL of the pool) or df (Size) says afterwards, within 1 %. */
  readonly usableBytes: number
  /** Adds up, with `usableBytes`, to the size of the system's disks. */
  readonly space: readonly SpacePart[]
}

/** What we will do: a pure function of Hardware and Answers. Holds no secret. */
export type Plan = {
  readonly version: 2
  /** sha256 (hex) of the canonical JSON of everything below; the same answers on the same machine give the same hash. */
  readonly hash: string
  readonly hostName: string
  /** 8 hex digits for networking.hostId. */
  readonly hostId: string
  readonly storage: PlannedStorage
  readonly unlock: Unlock
  readonly recoveryKey: boolean
  readonly system: SystemAnswers
  /** Without the wireless passphrase. */
  readonly network: Omit<NetworkAnswers, 'wifi'> & { readonly wifi: { readonly ssid: string } | null }
  readonly userName: string
  readonly sshKeys: readonly string[]
  /** Without the join token. */
  readonly cluster: {
    readonly name: string
    readonly role: Role
    readonly domain: string | null
    readonly meshUrl: string | null
    readonly join: { readonly server: string; readonly caHash: string } | null
  }
  readonly stateVersion: string
}

/** One file of the target, rendered in memory. */
export type RenderedFile = {
  /** Absolute on the target: `/etc/nixos/flake.nix`. */
  readonly path: string
  readonly content: string
  /** File mode, e.g. 0o644. */
  readonly mode: number
}
