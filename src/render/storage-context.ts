/** A vdev as disko has it; members by disk key. Mode `` with several members is a stripe. */
export type VdevContext = { readonly mode: string; readonly members: readonly string[] }

/** A pool's `mode.topology`. */
export type TopologyContext = {
  readonly vdevs: readonly VdevContext[]
  readonly logs: readonly VdevContext[]
  readonly specials: readonly VdevContext[]
  /** By disk key, as disko wants them. */
  readonly spares: readonly string[]
  readonly caches: readonly string[]
}

/** Below its pool: `crypt/root` -> `/`. */
export type DatasetContext = { readonly name: string; readonly mountpoint: string }

/** What templates read about the disks. Lists are empty and texts '' where the layout has no such thing. */
export type StorageContext = {
  readonly isZfs: boolean
  readonly isEncrypted: boolean
  /** Goes on working without any one of its disks. */
  readonly isRedundant: boolean
  readonly isMirror: boolean
  readonly isStripe: boolean
  readonly isRaidz: boolean
  readonly isRaid10: boolean
  /** For the README: `one`, `two`, `three` disks may be lost at the same time, whichever they are; '' for none. */
  readonly disksToLose: string
  /** disko sizes, and sgdisk's: `1024M`. */
  readonly espSize: string
  /** Of the swap partition on each system disk; `0M` without. */
  readonly swapSize: string
  /** Random swap, on partitions. */
  readonly hasSwap: boolean
  /** Size of the swap file for hibernation in MiB; 0 for none. */
  readonly hibernationMiB: number
  /** The boot disks: each with an ESP. */
  readonly disks: readonly { readonly key: string; readonly device: string; readonly espMountpoint: string }[]
  /** Whole disks for one of the pools. `role`: `spare`, `log`, `cache`, `special`, `data`. */
  readonly otherDisks: readonly {
    readonly key: string
    readonly device: string
    readonly pool: string
    readonly role: string
  }[]
  readonly hasOtherDisks: boolean
  /** `ext4` or `xfs`; '' with ZFS. */
  readonly rootFormat: string
  /** `rpool`; '' without ZFS. */
  readonly pool: string
  /** What holds every dataset: `rpool/crypt`, or `rpool/system` without encryption. */
  readonly datasetRoot: string
  /** The same below the pool: `crypt`, `system`. */
  readonly datasetRootName: string
  readonly topology: TopologyContext
  readonly datasets: readonly DatasetContext[]
  /** '' without encryption, as the device. */
  readonly luksName: string
  readonly luksDevice: string
  readonly passphraseFile: string
  readonly credstoreDirectory: string
  readonly poolKeyFile: string
  readonly hasDataPool: boolean
  readonly hasDataKey: boolean
  readonly dataPool: {
    /** `data`; '' when there is none. */
    readonly name: string
    /** `data/crypt`; `data` without encryption. */
    readonly datasetRoot: string
    readonly isRedundant: boolean
    readonly topology: TopologyContext
    readonly datasets: readonly DatasetContext[]
    readonly keyFile: string
    /** Where it is while the disks are formatted. */
    readonly newKeyFile: string
  }
}
