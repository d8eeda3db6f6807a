import { posix } from 'node:path'
import { onTarget } from '../install/target-mounts.ts'
import { PASSWORD_HASH_FILE } from '../model/paths.ts'
import type { Problem } from '../model/problem.ts'
import { Secret } from '../model/secret.ts'
import { UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import type { TaskWork } from './task.ts'

/** yescrypt as crypt(5) writes it. */
const YESCRYPT = /^\$y\$[./A-Za-z0-9]+\$[./A-Za-z0-9]+\$[./A-Za-z0-9]+$/

/** The administrator's password as a hash, on the encrypted disk only: a hash in the configuration would be readable by
 *  everyone in the Nix store, and it can be guessed against. So it is handled like the password itself. */
export const passwords: TaskWork = {
  id: 'passwords',
  check: async ({ system }) => ((await findMissing(system)).length === 0 ? 'done' : 'todo'),
  async run({ system, secrets }) {
    const { stdout } = await system.run(programs.mkpasswd, ['-m', 'yescrypt', '-s'], {
      stdin: secrets.password,
      isSecretOutput: true,
      preview: '$y$j9T$dry$run\n',
    })
    const hash = stdout.trim()
    if (!YESCRYPT.test(hash)) {
      throw new UserError('mkpasswd gave no yescrypt hash', { nextSteps: ['start from the Keystone medium'] })
    }
    const path = onTarget(PASSWORD_HASH_FILE)
    await system.makeDirectory(posix.dirname(path), { mode: 0o700 })
    await system.writeFile(path, new Secret(`${hash}\n`), { mode: 0o600 })
    return undefined
  },
  verify: ({ system }) => findMissing(system),
}

async function findMissing(system: System): Promise<readonly Problem[]> {
  const text = await system.readText(onTarget(PASSWORD_HASH_FILE))
  if (text !== null && YESCRYPT.test(text.trim())) return []
  const message = `${onTarget(PASSWORD_HASH_FILE)} holds no password hash`
  return [{ code: 'password-missing', path: ['target', PASSWORD_HASH_FILE], message }]
}
