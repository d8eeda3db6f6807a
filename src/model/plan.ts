import type { Layout } from './answers.ts'

/** One target disk with everything that is compared again right before the wipe. */
export type PlannedDisk = {
  /** disko's attribute name and part of the GPT labels: `a`, `b`. */
  readonly key: string
  readonly id: string
  readonly model: string | null
  readonly serial: string | null
  readonly sizeBytes: number
  readonly logicalSectorBytes: number
  /** Where this disk's ESP is mounted on the target: `/boot`, `/boot2`. */
  readonly espMountpoint: string
}

export type PlannedMount = {
  /** On the target: `/`, `/nix`, `/boot`. */
  readonly target: string
  /** What findmnt shows as SOURCE: a dataset (`rpool/crypt/root`), `/dev/mapper/root`, or a partition by label. */
  readonly source: string
  readonly filesystem: 'zfs' | 'ext4' | 'vfat'
}

export type PlannedDataset = {
  readonly name: string
  readonly mountpoint: string
}

export type PlannedStorage = {
  readonly layout: Layout
  readonly espBytes: number
  readonly swapBytes: number
  readonly disks: readonly PlannedDisk[]
  /** The LUKS2 devices the installer enrols keys into, e.g. `/dev/zvol/rpool/credstore`. One in each layout of today. */
  readonly luksDevice: string
  /** Name of its mapping: `credstore` or `root`. */
  readonly luksName: string
  /** Null for ext4. */
  readonly pool: string | null
  readonly datasets: readonly PlannedDataset[]
  readonly mounts: readonly PlannedMount[]
  /** Rough space for data after ESP, swap and parity. */
  readonly usableBytes: number
}

/** What we will do: a pure function of Hardware and Answers. Holds no secret. */
export type Plan = {
  readonly version: 1
  /** sha256 (hex) of the canonical JSON of everything below; the same answers on the same machine give the same hash. */
  readonly hash: string
  readonly hostName: string
  /** 8 hex digits for networking.hostId. */
  readonly hostId: string
  readonly storage: PlannedStorage
  readonly tpmUnlock: boolean
  readonly recoveryKey: boolean
  readonly network: {
    readonly interface: string
    readonly mode: 'dhcp' | 'static'
    readonly address: string | null
    readonly gateway: string | null
    readonly nameservers: readonly string[]
  }
  readonly userName: string
  readonly sshKeys: readonly string[]
  readonly cluster: { readonly name: string; readonly role: 'primer' }
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
