import { lockedDataPool } from '../install/data-pool.ts'
import { DISKO_FILE, PIN_FILE } from '../install/runtime-files.ts'
import type { Unlock } from '../model/answers.ts'
import { NEW_DATA_POOL_KEY_FILE, PASSPHRASE_FILE } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { programs } from '../system/programs.ts'
import type { TaskWork } from './task.ts'

/** Removed by whoever used them, and here once more. */
function leftovers(plan: Plan): readonly string[] {
  return [
    ...(plan.storage.isEncrypted ? [PASSPHRASE_FILE] : []),
    ...(plan.unlock === 'tpm-pin' ? [PIN_FILE] : []),
    ...(lockedDataPool(plan) === null ? [] : [NEW_DATA_POOL_KEY_FILE]),
    DISKO_FILE,
  ]
}

const UNLOCKS_BY: Readonly<Record<Unlock, string>> = {
  none: 'nothing on them is encrypted',
  passphrase: 'it unlocks by the passphrase',
  tpm: 'it unlocks by the TPM or the passphrase',
  'tpm-pin': 'it unlocks by the TPM with its PIN or the passphrase',
}

/** Everything is on the disks, and nothing secret is left in memory files. */
export const finish: TaskWork = {
  id: 'finish',
  check: async () => 'todo',
  async run({ plan, system, log }) {
    await system.run(programs.sync, [])
    for (const path of leftovers(plan)) await system.removeFile(path)
    const disks = plan.storage.disks.map((disk) => disk.id).join(', ')
    log(`${plan.hostName} is installed on ${disks}, plan ${plan.hash}`)
    log(UNLOCKS_BY[plan.unlock])
    return undefined
  },
  async verify({ plan, system }) {
    const paths = leftovers(plan)
    const found = await Promise.all(paths.map((path) => system.exists(path)))
    return paths.flatMap((path, index): Problem[] =>
      found[index] ? [{ code: 'file-left', path: ['target', path], message: `${path} is still there` }] : [],
    )
  },
}
