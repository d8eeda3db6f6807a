import type { Secret } from './secret.ts'

/** What an install needs to know and a plan must not hold. Null: not needed for these answers. */
export type InstallSecrets = {
  readonly passphrase: Secret | null
  readonly pin: Secret | null
  /** Made before the install, and shown before anything is erased. */
  readonly recoveryKey: Secret | null
  readonly password: Secret | null
  readonly passwordHash: Secret | null
  readonly wifiPassphrase: Secret | null
  readonly joinToken: Secret | null
}
