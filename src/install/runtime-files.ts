import { RUNTIME_DIRECTORY } from '../model/paths.ts'

/** The disk layout as it is handed to disko: a copy on tmpfs, because the target does not exist yet. */
export const DISKO_FILE = `${RUNTIME_DIRECTORY}/disko-config.nix`
