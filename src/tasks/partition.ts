import { findHold, releaseTarget } from '../install/release-target.ts'
import { DISKO_FILE } from '../install/runtime-files.ts'
import { compareConfirmation, compareDisk, readTargetDisk } from '../install/target-disks.ts'
import { findMissingMounts } from '../install/target-mounts.ts'
import { hostDirectory, PASSPHRASE_FILE, RUNTIME_DIRECTORY, TARGET_ROOT } from '../model/paths.ts'
import { Bug, UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import type { TaskContext, TaskWork } from './task.ts'

/** The one task that destroys data. */
export const partition: TaskWork = {
  id: 'partition',
  destroysData: true,
  check: async ({ plan, system }) => ((await findMissingMounts(system, plan)).length === 0 ? 'done' : 'todo'),
  async run(context) {
    await writeInputs(context)
    // The very last thing before the wipe, so that no disk can have been swapped in between.
    await refuseOtherDisks(context)
    await runDisko(context.system, ['--mode', 'destroy,format,mount', '--yes-wipe-all-disks'])
    return undefined
  },
  verify: ({ plan, system }) => findMissingMounts(system, plan),
  async undo({ plan, system }) {
    await system.removeFile(PASSPHRASE_FILE)
    await releaseTarget(system, await findHold(system, plan))
  },
  async restore(context) {
    await writeInputs(context)
    await runDisko(context.system, ['--mode', 'mount'])
  },
}

async function writeInputs(context: TaskContext): Promise<void> {
  const { system, secrets } = context
  await system.makeDirectory(RUNTIME_DIRECTORY, { mode: 0o700 })
  await system.writeFile(DISKO_FILE, diskoConfig(context), { mode: 0o600 })
  await system.writeFile(PASSPHRASE_FILE, secrets.passphrase, { mode: 0o600 })
}

async function runDisko(system: System, mode: readonly string[]): Promise<void> {
  await system.run(programs.disko, [...mode, '--root-mountpoint', TARGET_ROOT, DISKO_FILE])
  // Kept no longer than it is needed; enrolling keys writes it again.
  await system.removeFile(PASSPHRASE_FILE)
}

async function refuseOtherDisks({ plan, system, confirmation }: TaskContext): Promise<void> {
  if (confirmation === null) {
    throw new UserError('nobody has confirmed that the disks may be erased', {
      nextSteps: ['confirm by typing the name of the disk, or by confirm.erase in the answer file'],
    })
  }
  const found = await Promise.all(plan.storage.disks.map((disk) => readTargetDisk(system, disk.id)))
  const problems = [
    ...plan.storage.disks.flatMap((disk, index) => compareDisk(disk, found[index] ?? null)),
    ...compareConfirmation(plan, confirmation),
  ]
  if (problems.length === 0) return
  throw new UserError('the disks are not the ones that were confirmed; nothing was erased', { problems })
}

function diskoConfig({ files, plan }: TaskContext): string {
  const file = files.find(({ path }) => path === `${hostDirectory(plan.hostName)}/disko-config.nix`)
  if (file === undefined) throw new Bug('no disk layout was rendered')
  return file.content
}
