/** Where things live. One place, because templates, tasks and phase scripts must agree. */

/** Where the target's file system tree is mounted during the install. */
export const TARGET_ROOT = '/mnt'
/** tmpfs, 0700: secrets travel to programs through files in here, and are removed as soon as they were used. */
export const RUNTIME_DIRECTORY = '/run/keystone'
export const PASSPHRASE_FILE = '/run/keystone/passphrase'
/** The credstore is mounted here while the pool's raw key is written or read: by the installer and by the initrd. */
export const CREDSTORE_DIRECTORY = '/run/keystone-credstore'
export const POOL_KEY_FILE = '/run/keystone-credstore/rpool-crypt.key'
export const CREDSTORE_MAPPING = 'credstore'
export const ROOT_MAPPING = 'cryptroot'
export const POOL = 'rpool'
/** The second pool, on disks of its own, and where its files are. */
export const DATA_POOL = 'data'
export const DATA_DIRECTORY = '/data'
/** The data pool's key from the moment it is made until the encrypted root can hold it. */
export const NEW_DATA_POOL_KEY_FILE = '/run/keystone/data-pool.key'
/** On the target, all on encrypted storage. */
export const CONFIG_DIRECTORY = '/etc/nixos'
/** The versions of the flake's inputs: Nix writes it where it is missing. */
export const FLAKE_LOCK_FILE = `${CONFIG_DIRECTORY}/flake.lock`
/** This host's own files in the configuration; everything else in it could serve a second host as well. */
export function hostDirectory(hostName: string): string {
  return `${CONFIG_DIRECTORY}/hosts/${hostName}`
}
export function hardwareConfigFile(hostName: string): string {
  return `${hostDirectory(hostName)}/hardware-configuration.nix`
}
/** The installed system's swap file when it can hibernate: in the root file system, so encrypted with it. */
export const SWAP_FILE = '/swapfile'
export const STATE_DIRECTORY = '/var/lib/keystone'
export const SECRETS_DIRECTORY = '/var/lib/keystone/secrets'
/** yescrypt hash of the admin's password, root:root 0600; NixOS reads it as hashedPasswordFile. */
export const PASSWORD_HASH_FILE = '/var/lib/keystone/secrets/password-hash'
/** Raw key of the data pool, root:root 0600. */
export const DATA_POOL_KEY_FILE = '/var/lib/keystone/secrets/data-pool.key'
/** What networking.wireless.secretsFile names: one line, `psk_wifi=` and the passphrase or the key. root:root 0600; at each
 *  start of the target its group becomes wpa_supplicant. */
export const WIFI_SECRETS_FILE = '/var/lib/keystone/secrets/wifi.conf'
/** What a node that joins shows to the cluster, one line. root:root 0600. */
export const JOIN_TOKEN_FILE = '/var/lib/keystone/secrets/join-token'
export const PHASES_DIRECTORY = '/var/lib/keystone/phases'
/** The install's own records: the journal while it runs, and where the log is copied on the target. */
export const JOURNAL_FILE = '/var/lib/keystone-installer/journal.jsonl'
/** The journal on the target, from the moment its esp is there: unencrypted, because a restarted installer must read it before
 *  it has a secret. Below TARGET_ROOT while the install runs. */
export const TARGET_JOURNAL_FILE = '/boot/keystone/journal'
/** In the place of the journal once the install has come to its end: see model/install-mark.ts. */
export const TARGET_MARK_FILE = '/boot/keystone/installed'
/** Where the esps of the disks are mounted, read-only, to look for a journal. */
export const BEGUN_DIRECTORY = '/run/keystone/begun'
export const LOG_FILE = '/var/log/keystone-install.log'
/** Where the live system mounts the medium it was booted from, and where an answer file lies on that medium. */
export const BOOT_MEDIUM_DIRECTORY = '/iso'
export const MEDIUM_ANSWERS_FILE = 'keystone/answers.yaml'
/** On that medium too: the version of Keystone, one line. */
export const MEDIUM_VERSION_FILE = 'keystone/version'
/** Volume labels of our media begin with this; the initrd finds the medium by its label. Not KEYSTONE alone: that is the
 *  label of a partition with an answer file (iso/units/keystone-answers). */
export const MEDIUM_LABEL_PREFIX = 'KEYSTONE_'
