import { findDataPoolKeyProblems, keepDataPoolKey, lockedDataPool, openDataPool } from '../install/data-pool.ts'
import { findOldSignatures } from '../install/old-signatures.ts'
import { findLostTables } from '../install/partition-tables.ts'
import { readOldGuids, readPoolGuids, refuseOldPools } from '../install/pool-guids.ts'
import { clearPoolLabels } from '../install/pool-labels.ts'
import { findHold, poolsOf, releaseTarget } from '../install/release-target.ts'
import { reopenTarget } from '../install/reopen-target.ts'
import { DISKO_FILE, PIN_FILE } from '../install/runtime-files.ts'
import { compareConfirmation, findOtherDisks, findTargetProblems } from '../install/target-disks.ts'
import { findMissingMounts, onTarget } from '../install/target-mounts.ts'
import {
  hostDirectory,
  NEW_DATA_POOL_KEY_FILE,
  PASSPHRASE_FILE,
  RUNTIME_DIRECTORY,
  TARGET_JOURNAL_FILE,
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
    const { plan, system } = context
    const old = await readOldGuids(system, plan)
    await writeInputs(context)
    // The very last thing before the wipe, so that no disk can have been swapped in between.
    await refuseOtherDisks(context)
    if (poolsOf(plan).length > 0) await clearPoolLabels(system, plan)
    await runDisko(context, ['--mode', 'destroy,format,mount', '--yes-wipe-all-disks'])
    const guids = await readPoolGuids(system, plan)
    refuseOldPools(guids, old)
    await keepDataPoolKey(system, plan)
    return guids
  },
  async verify(context) {
    const { plan, system } = context
    const undone = [...(await findUndone(context)), ...(await findLostTables(system, plan))]
    // What is not there has no signature either, and a disk that is lost is told above.
    return undone.length > 0 ? undone : findOldSignatures(system, plan)
  },
  async undo({ plan, system }) {
    await system.removeFile(PASSPHRASE_FILE)
    if (plan.unlock === 'tpm-pin') await system.removeFile(PIN_FILE)
    if (lockedDataPool(plan) !== null) await system.removeFile(NEW_DATA_POOL_KEY_FILE)
    await releaseTarget(system, await findHold(system, plan))
  },
  async restore(context) {
    const { plan, system, outputs, log } = context
    await refuseWrongDisks(context)
    await writeInputs(context)
    try {
      await reopenTarget(system, { plan, guids: outputs.partition ?? {}, log })
    } catch (error) {
      await system.removeFile(PASSPHRASE_FILE)
      throw error
    }
    await runDisko(context, ['--mode', 'mount'])
    await refuseUsedSystem(context)
    await openDataPool(system, plan)
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

/** Nothing is erased here, but a file system is mended, and a pool taken that another machine may have had. */
async function refuseWrongDisks({ plan, system }: TaskContext): Promise<void> {
  const problems = await findOtherDisks(system, plan)
  if (problems.length === 0) return
  throw new UserError('the disks are not the ones that the install was begun on; nothing was changed', { problems })
}

/** Written at each start of a system by systemd-random-seed.service, and by no installer. */
const STARTED_MARK = '/var/lib/systemd/random-seed'

/** A power cut right before the end leaves a system that starts, and its journal with it. It may have been in use for years
 *  when somebody starts an installer again. */
async function refuseUsedSystem({ system }: TaskContext): Promise<void> {
  if (!(await system.exists(onTarget(STARTED_MARK)))) return
  throw new UserError(
    'the system on these disks has been started since: it is in use, and to go on would write over it',
    {
      nextSteps: [
        'start it from its disk, and finish there what is missing',
        `it is not offered again once ${TARGET_JOURNAL_FILE} is removed on it`,
        'or begin again from the start: the disks are erased then',
      ],
    },
  )
}

function diskoConfig({ files, plan }: TaskContext): string {
  const file = files.find(({ path }) => path === `${hostDirectory(plan.hostName)}/disko-config.nix`)
  if (file === undefined) throw new Bug('no disk layout was rendered')
  return file.content
}
