import { wipeSecrets } from '../credentials/install-secrets.ts'
import type { InstallSecrets } from '../model/install-secrets.ts'
import { NEW_DATA_POOL_KEY_FILE, PASSPHRASE_FILE } from '../model/paths.ts'
import type { Log } from '../system/log.ts'
import type { System } from '../system/system.ts'
import { CREDENTIALS_DIRECTORY, PIN_FILE } from './runtime-files.ts'

/** Where secrets travel through files: tmpfs, each removed by whoever wrote it, and here once more. */
export const SECRET_FILES = [PASSPHRASE_FILE, PIN_FILE, NEW_DATA_POOL_KEY_FILE]

/** The machine is installed and let go of: nothing needs a secret any more. Removes every file that may hold one and their
 *  directory, overwrites
 *  them in memory, and makes the log forget what it hid. Not after a failure or a cancel: retry needs them. */
export async function endSecrets(options: {
  readonly system: Pick<System, 'removeFile' | 'removeDirectory' | 'listDirectory'>
  readonly secrets: InstallSecrets
  readonly log: Pick<Log, 'forget'>
}): Promise<void> {
  const { system, secrets, log } = options
  try {
    const names = (await system.listDirectory(CREDENTIALS_DIRECTORY)) ?? []
    for (const path of [...SECRET_FILES, ...names.map((name) => `${CREDENTIALS_DIRECTORY}/${name}`)]) {
      await system.removeFile(path)
    }
    await system.removeDirectory(CREDENTIALS_DIRECTORY)
  } finally {
    // Whatever the file system says, memory is ours.
    wipeSecrets(secrets)
    log.forget()
  }
}
