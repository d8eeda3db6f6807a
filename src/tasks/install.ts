import { onTarget } from '../install/target-mounts.ts'
import { TARGET_ROOT } from '../model/paths.ts'
import type { Problem } from '../model/problem.ts'
import { Bug } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { TaskContext, TaskWork } from './task.ts'

/** nixos-install says where it is in these lines. Source: nixpkgs pkgs/by-name/ni/nixos-install/nixos-install.sh */
const STAGES: readonly (readonly [begin: string, fraction: number, message: string])[] = [
  ['copying channel', 0.05, 'copying the channel'],
  ['building the', 0.1, 'copying the system'],
  ['installing the boot loader', 0.6, 'installing the boot loader'],
  ['setting root password', 0.95, 'finishing'],
  ['installation finished', 1, 'installed'],
]

/** Makes the built system the target's own: profile, activation, boot loader on the ESP. */
export const install: TaskWork = {
  id: 'install',
  check: async (context) => ((await findMissing(context)).length === 0 ? 'done' : 'todo'),
  async run({ plan, system, outputs, log, progress }) {
    const systemPath = outputs.build?.systemPath
    if (systemPath === undefined) throw new Bug('there is no built system to install')
    const args = ['--root', TARGET_ROOT, '--system', systemPath, '--no-root-passwd', '--no-channel-copy']
    await system.run(programs.nixosInstall, args, {
      proxy: plan.network.proxy,
      onLine(line) {
        log(line)
        const stage = STAGES.find(([begin]) => line.startsWith(begin))
        if (stage !== undefined) progress(stage[1], stage[2])
      },
    })
    return undefined
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
  for (const { espMountpoint } of plan.storage.disks) {
    if (espMountpoint === null) continue
    const esp = onTarget(espMountpoint)
    const [entries, images] = await Promise.all([
      system.listDirectory(`${esp}/loader/entries`),
      system.listDirectory(`${esp}/EFI/Linux`),
    ])
    if ((entries?.length ?? 0) + (images?.length ?? 0) > 0) continue
    const message = `there is nothing to boot on the EFI system partition at ${esp}`
    problems.push({ code: 'boot-entry-missing', path: ['target', espMountpoint], message })
  }
  return problems
}
