import type { Secret } from './secret.ts'

export const LAYOUTS = ['single-ext4', 'single-zfs', 'mirror-zfs'] as const
export type Layout = (typeof LAYOUTS)[number]

export type DiskAnswers = {
  readonly layout: Layout
  /** Stable ids, `/dev/disk/by-id/…`: one for single layouts, two for the mirror. */
  readonly devices: readonly string[]
  /** Random-encrypted swap on each disk, in bytes; 0 for none. */
  readonly swapBytes: number
}

export type EncryptionAnswers = {
  readonly passphrase: Secret
  /** Unlock by the TPM2 at boot; the passphrase works too. */
  readonly tpmUnlock: boolean
  /** Enrol a recovery key, shown once at the end. */
  readonly recoveryKey: boolean
}

export type NetworkAnswers = {
  /** The interface to configure, `enp0s2`; `any` matches every wired interface. */
  readonly interface: string
  readonly mode: 'dhcp' | 'static'
  /** With prefix length, `10.0.0.2/24`; null for DHCP, as the rest. */
  readonly address: string | null
  readonly gateway: string | null
  readonly nameservers: readonly string[]
}

export type IdentityAnswers = {
  readonly hostName: string
  readonly userName: string
  readonly password: Secret
  /** One line each, as in authorized_keys. */
  readonly sshKeys: readonly string[]
}

export type ClusterAnswers = {
  readonly name: string
  readonly role: 'primer'
}

/** What the person wants: from the wizard or from an answer file, the same type. */
export type Answers = {
  readonly disk: DiskAnswers
  readonly encryption: EncryptionAnswers
  readonly network: NetworkAnswers
  readonly identity: IdentityAnswers
  readonly cluster: ClusterAnswers
}

export type StepId = keyof Answers

/** The person's word for the one thing that cannot be undone: the disks as they were shown when it was typed. */
export type Confirmation = {
  readonly disks: readonly { readonly id: string; readonly serial: string | null; readonly sizeBytes: number }[]
}
