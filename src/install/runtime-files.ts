import { RUNTIME_DIRECTORY } from '../model/paths.ts'

/** The disk layout as it is handed to disko: a copy on tmpfs, because the target does not exist yet. */
export const DISKO_FILE = `${RUNTIME_DIRECTORY}/disko-config.nix`

/** Handed to systemd's programs as $CREDENTIALS_DIRECTORY: each secret is a file in it, by its credential's name. */
export const CREDENTIALS_DIRECTORY = `${RUNTIME_DIRECTORY}/credentials`
/** Read by systemd-cryptenroll (254 and newer) in place of asking, as it is: without a newline at its end. */
export const PIN_FILE = `${CREDENTIALS_DIRECTORY}/cryptenroll.new-tpm2-pin`
