import type { Answers } from '../model/answers.ts'
import type { InstallSecrets } from '../model/install-secrets.ts'
import type { Secret } from '../model/secret.ts'

/** The secrets of these answers, with the recovery key that was made for this install; the key is dropped where the answers
 *  want none. */
export function secretsOf(
  { encryption, identity, network, cluster }: Answers,
  recoveryKey: Secret | null,
): InstallSecrets {
  return {
    passphrase: encryption.passphrase,
    pin: encryption.pin,
    recoveryKey: encryption.recoveryKey ? recoveryKey : null,
    password: identity.password,
    passwordHash: identity.passwordHash,
    wifiPassphrase: network.wifi?.passphrase ?? null,
    joinToken: cluster.join?.token ?? null,
  }
}

/** Overwrites them all, with what was made of them. Whoever uses one after that gets a Bug. */
export function wipeSecrets(secrets: InstallSecrets): void {
  for (const secret of Object.values(secrets)) secret?.wipe()
}
