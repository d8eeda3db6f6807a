import { DISKO_FILE } from '../install/runtime-files.ts'
import { PASSPHRASE_FILE } from '../model/paths.ts'
import type { Problem } from '../model/problem.ts'
import { programs } from '../system/programs.ts'
import type { TaskWork } from './task.ts'

/** Everything is on the disks, and nothing secret is left in memory files. */
export const finish: TaskWork = {
  id: 'finish',
  check: async () => 'todo',
  async run({ plan, system, log }) {
    await system.run(programs.sync, [])
    await system.removeFile(PASSPHRASE_FILE)
    await system.removeFile(DISKO_FILE)
    const disks = plan.storage.disks.map((disk) => disk.id).join(', ')
    log(`${plan.hostName} is installed on ${disks}, plan ${plan.hash}`)
    log(`it unlocks by ${plan.tpmUnlock ? 'the TPM or the passphrase' : 'the passphrase'}`)
    return undefined
  },
  async verify({ system }) {
    const paths = [PASSPHRASE_FILE, DISKO_FILE]
    const found = await Promise.all(paths.map((path) => system.exists(path)))
    return paths.flatMap((path, index): Problem[] =>
      found[index] ? [{ code: 'file-left', path: ['target', path], message: `${path} is still there` }] : [],
    )
  },
}
