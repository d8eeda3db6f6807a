import { findDataPoolKeyProblems, keepDataPoolKey, lockedDataPool, openDataPool } from '../install/data-pool.ts'
import { findHold, releaseTarget } from '../install/release-target.ts'
import { DISKO_FILE, PIN_FILE } from '../install/runtime-files.ts'
import { compareConfirmation, findTargetProblems } from '../install/target-disks.ts'
import { findMissingMounts } from '../install/target-mounts.ts'
import {
  hostDirectory,
  NEW_DATA_POOL_KEY_FILE,
  PASSPHRASE_FILE,
  RUNTIME_DIRECTORY,
  TARGET_ROOT,
} from '../model/paths.ts'
import type { Problem } from '../model/problem.ts'
import { Bug, UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { TaskContext, TaskWork } from './task.ts'

/** The one task that destroys data. */
export const partition: TaskWork = {
  id: 'partition',
  destroysData: true,
  check: async (context) => ((await findUndone(context)).length === 0 ? 'done' : 'todo'),
  async run(context) {
    await writeInputs(context)
    // The very last thing before the wipe, so that no disk can have been swapped in between.
    await refuseOtherDisks(context)
    await runDisko(context, ['--mode', 'destroy,format,mount', '--yes-wipe-all-disks'])
    await keepDataPoolKey(context.system, context.plan)
    return undefined
  },
  verify: findUndone,
  async undo({ plan, system }) {
    await system.removeFile(PASSPHRASE_FILE)
    if (plan.unlock === 'tpm-pin') await system.removeFile(PIN_FILE)
    if (lockedDataPool(plan) !== null) await system.removeFile(NEW_DATA_POOL_KEY_FILE)
    await releaseTarget(system, await findHold(system, plan))
  },
  async restore(context) {
    await writeInputs(context)
    await runDisko(context, ['--mode', 'mount'])
    await openDataPool(context.system, context.plan)
  },
}

async function findUndone({ plan, system }: TaskContext): Promise<readonly Problem[]> {
  return [...(await findMissingMounts(system, plan)), ...(await findDataPoolKeyProblems(system, plan))]
}

async function writeInputs(context: TaskContext): Promise<void> {
  const { plan, system, secrets } = context
  await system.makeDirectory(RUNTIME_DIRECTORY, { mode: 0o700 })
  await system.writeFile(DISKO_FILE, diskoConfig(context), { mode: 0o600 })
  if (!plan.storage.isEncrypted) return
  if (secrets.passphrase === null) throw new Bug('the disks are to be encrypted, and there is no passphrase')
  await system.writeFile(PASSPHRASE_FILE, secrets.passphrase, { mode: 0o600 })
}

async function runDisko({ plan, system }: TaskContext, mode: readonly string[]): Promise<void> {
  await system.run(programs.disko, [...mode, '--root-mountpoint', TARGET_ROOT, DISKO_FILE])
  // Kept no longer than it is needed; enrolling keys writes it again.
  if (plan.storage.isEncrypted) await system.removeFile(PASSPHRASE_FILE)
}

async function refuseOtherDisks({ plan, system, confirmation }: TaskContext): Promise<void> {
  if (confirmation === null) {
    throw new UserError('nobody has confirmed that the disks may be erased', {
      nextSteps: ['confirm by typing the name of the disk, or by `wipe: true` on each disk in the answer file'],
    })
  }
  const problems = [
    ...compareConfirmation(plan, confirmation),
    ...(await findTargetProblems(system, plan, confirmation)),
  ]
  if (problems.length === 0) return
  throw new UserError('the disks are not the ones that were confirmed; nothing was erased', { problems })
}

function diskoConfig({ files, plan }: TaskContext): string {
  const file = files.find(({ path }) => path === `${hostDirectory(plan.hostName)}/disko-config.nix`)
  if (file === undefined) throw new Bug('no disk layout was rendered')
  return file.content
}
