import type { Secret } from './secret.ts'

export const LAYOUTS = [
  'single-ext4',
  'single-xfs',
  'single-zfs',
  'mirror-zfs',
  'stripe-zfs',
  'raidz1-zfs',
  'raidz2-zfs',
  'raidz3-zfs',
  'raid10-zfs',
] as const
export type Layout = (typeof LAYOUTS)[number]

/** Of a second pool on disks of its own. */
export const DATA_POOL_LAYOUTS = ['single', 'mirror', 'stripe', 'raidz1', 'raidz2', 'raidz3', 'raid10'] as const
export type DataPoolLayout = (typeof DATA_POOL_LAYOUTS)[number]

export type DiskAnswers = {
  readonly layout: Layout
  /** The boot disks by stable id, `/dev/disk/by-id/…`. Each gets an esp; with ZFS they are the data vdevs of the pool. */
  readonly devices: readonly string[]
  readonly espBytes: number
  /** `random`: that much on each of `devices`, with a new key at each boot. `hibernation`: one swap file of that size in the
   *  encrypted root file system (ext4 and xfs only). 0 for none. */
  readonly swapBytes: number
  readonly swapKind: 'random' | 'hibernation'
  /** More vdevs of the system's pool: whole disks by stable id, none of them in `devices`. */
  readonly spares: readonly string[]
  readonly log: readonly string[]
  readonly cache: readonly string[]
  readonly special: readonly string[]
  /** A second pool, `data`, mounted at /data. */
  readonly dataPool: { readonly layout: DataPoolLayout; readonly devices: readonly string[] } | null
}

/** `none`: no encryption at all. `tpm`: passphrase and TPM2. `tpm-pin`: passphrase, and TPM2 with a PIN. */
export const UNLOCKS = ['none', 'passphrase', 'tpm', 'tpm-pin'] as const
export type Unlock = (typeof UNLOCKS)[number]

export type EncryptionAnswers = {
  readonly unlock: Unlock
  /** Null only without encryption. */
  readonly passphrase: Secret | null
  /** Null unless `unlock` is `tpm-pin`. */
  readonly pin: Secret | null
  /** Make a recovery key; it is shown before anything is erased. False without encryption. */
  readonly recoveryKey: boolean
}

/** The installed system's own. */
export type SystemAnswers = {
  /** A glibc locale: `en_US.UTF-8`. */
  readonly language: string
  /** A console keymap: `us`, `de-latin1`. Used in the initrd too, where the passphrase is typed. */
  readonly keyboard: string
  /** IANA: `Europe/Berlin`. */
  readonly timeZone: string
}

export const BOND_MODES = ['active-backup', '802.3ad', 'balance-alb'] as const
export type BondMode = (typeof BOND_MODES)[number]

export type NetworkAnswers = {
  /** The interface to configure, `enp0s2`; `any` matches every wired interface. `bond0` with a bond. */
  readonly interface: string
  /** Interfaces to put together, or null. */
  readonly bond: { readonly interfaces: readonly string[]; readonly mode: BondMode } | null
  /** 802.1Q id, 1 to 4094, on the interface or the bond. */
  readonly vlan: number | null
  readonly mode: 'dhcp' | 'static'
  /** With prefix length, `10.0.0.2/24`, `fd00::2/64`; null for DHCP, as the rest. One of the two with static. */
  readonly address: string | null
  readonly gateway: string | null
  readonly address6: string | null
  readonly gateway6: string | null
  readonly nameservers: readonly string[]
  readonly searchDomains: readonly string[]
  /** `http://proxy.example:3128`, for downloads; null for none. Never with a password in it. */
  readonly proxy: string | null
  /** When the interface is wireless. */
  readonly wifi: { readonly ssid: string; readonly passphrase: Secret } | null
}

export type IdentityAnswers = {
  readonly hostName: string
  readonly userName: string
  /** Exactly one of the two: the password itself, or its hash as `mkpasswd` prints it. */
  readonly password: Secret | null
  readonly passwordHash: Secret | null
  /** One line each, as in authorized_keys. */
  readonly sshKeys: readonly string[]
}

/** `primer`: the first node. The others join a cluster that runs. */
export const ROLES = ['primer', 'joining-primer', 'worker', 'storage'] as const
export type Role = (typeof ROLES)[number]

export type ClusterAnswers = {
  readonly name: string
  readonly role: Role
  /** `cluster.example`, below which services get their names; null for none. */
  readonly domain: string | null
  /** Where the mesh network is coordinated, `https://mesh.example`; null for none. */
  readonly meshUrl: string | null
  /** How to reach the cluster that runs; null for the first Primer. */
  readonly join: {
    /** `https://primer.home:6443` */
    readonly server: string
    readonly token: Secret
    /** Of the cluster's CA certificate, `sha256:` and 64 hex digits. */
    readonly caHash: string
  } | null
}

/** What the person wants: from the wizard or from an answer file, the same type. */
export type Answers = {
  readonly system: SystemAnswers
  readonly disk: DiskAnswers
  readonly encryption: EncryptionAnswers
  readonly network: NetworkAnswers
  readonly identity: IdentityAnswers
  readonly cluster: ClusterAnswers
}

export type StepId = keyof Answers

/** The person's word for the one thing that cannot be undone: the disks as they were shown when it was typed. */
export type Confirmation = {
  readonly disks: readonly {
    readonly id: string
    readonly serial: string | null
    readonly sizeBytes: number
    /** `/dev/sda`: what it was called when it was confirmed. A disk that has moved since is not erased. */
    readonly path?: string
  }[]
}
