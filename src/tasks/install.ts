import { createHash } from 'node:crypto'
import { followInstallStages } from '../install/install-stages.ts'
import { onTarget } from '../install/target-mounts.ts'
import { ON_THE_DISK } from '../install/target-store.ts'
import { TARGET_ROOT } from '../model/paths.ts'
import type { Problem } from '../model/problem.ts'
import { Bug, CommandError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { TaskContext, TaskWork } from './task.ts'

/** Makes the built system the target's own: profile, activation, boot loader on the ESP. */
export const install: TaskWork = {
  id: 'install',
  async check(context) {
    if ((await findMissing(context)).length > 0) return 'todo'
    // After a power cut its esps were mended, and what fsck.fat makes of a file may have its name and not its content.
    const written = context.outputs.install?.bootFiles
    return written === undefined || written === (await digestBootFiles(context)) ? 'done' : 'todo'
  },
  async run(context) {
    const { plan, system, outputs, log, progress } = context
    const systemPath = outputs.build?.systemPath
    if (systemPath === undefined) throw new Bug('there is no built system to install')
    const args = [
      '--root',
      TARGET_ROOT,
      '--system',
      systemPath,
      '--no-root-passwd',
      '--no-channel-copy',
      ...ON_THE_DISK,
    ]
    const stages = followInstallStages()
    try {
      await system.run(programs.nixosInstall, args, {
        proxy: plan.network.proxy,
        onLine(line) {
          log(line)
          const stage = stages.read(line)
          if (stage !== null) progress(stage.fraction, stage.name)
        },
      })
    } catch (error) {
      if (!(error instanceof CommandError) || error.isMissing) throw error
      const { program, args: given, line, exitCode, signal, lastLines, traced } = error
      const stage = stages.stage()
      throw new CommandError({ program, args: given, line, exitCode, signal, lastLines, traced, stage, cause: error })
    }
    const bootFiles = await digestBootFiles(context)
    return bootFiles === null ? undefined : { bootFiles }
  },
  verify: findMissing,
}

async function findMissing({ plan, system }: TaskContext): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  // The profile is a link into the target's own /nix/store, so from out here it leads nowhere: look at its name only.
  const profiles = await system.listDirectory(onTarget('/nix/var/nix/profiles'))
  if (!profiles?.includes('system')) {
    const message = 'the target has no system profile'
    problems.push({ code: 'profile-missing', path: ['target', 'profile'], message })
  }
  const gone: Problem[] = []
  let canStart = false
  for (const { espMountpoint, id } of plan.storage.disks) {
    if (espMountpoint === null) continue
    const esp = onTarget(espMountpoint)
    const [entries, images] = await Promise.all([
      system.listDirectory(`${esp}/loader/entries`),
      system.listDirectory(`${esp}/EFI/Linux`),
    ])
    if ((entries?.length ?? 0) + (images?.length ?? 0) > 0) {
      canStart = true
      continue
    }
    // A pool goes on without a disk that has died in the middle, and the others start the machine; unmount gives notice.
    if (plan.storage.pool !== null && (await system.realPath(id)) === null) {
      gone.push(missing(espMountpoint, esp))
      continue
    }
    problems.push(missing(espMountpoint, esp))
  }
  return canStart ? problems : [...problems, ...gone]
}

function missing(espMountpoint: string, esp: string): Problem {
  const message = `there is nothing to boot on the EFI system partition at ${esp}`
  return { code: 'boot-entry-missing', path: ['target', espMountpoint], message }
}

/** Where the boot loader, its entries and the kernels are. */
const BOOT_DIRECTORIES = ['EFI', 'loader']
/** Written anew at each start, and by nobody compared. */
const CHANGES_BY_ITSELF = 'random-seed'

/** Of every file that the firmware or the boot loader reads, on all esps, one sha256. Null where there is none. */
async function digestBootFiles({ plan, system }: TaskContext): Promise<string | null> {
  const hash = createHash('sha256')
  let files = 0
  const walk = async (path: string): Promise<void> => {
    const names = await system.listDirectory(path)
    if (names !== null) {
      for (const name of names) if (name !== CHANGES_BY_ITSELF) await walk(`${path}/${name}`)
      return
    }
    const bytes = await system.readBytes(path)
    files += 1
    hash.update(`${path}\0${bytes?.length ?? 'unreadable'}\0`)
    if (bytes !== null) hash.update(bytes)
  }
  for (const { espMountpoint } of plan.storage.disks) {
    if (espMountpoint === null) continue
    for (const directory of BOOT_DIRECTORIES) {
      const path = `${onTarget(espMountpoint)}/${directory}`
      if ((await system.listDirectory(path)) !== null) await walk(path)
    }
  }
  return files === 0 ? null : hash.digest('hex')
}
