import { onTarget } from '../install/target-mounts.ts'
import { hardwareConfigFile, hostDirectory, TARGET_ROOT } from '../model/paths.ts'
import type { Problem } from '../model/problem.ts'
import { programs } from '../system/programs.ts'
import type { TaskContext, TaskWork } from './task.ts'

/** Lets NixOS write down which drivers this machine needs. File systems are left out: disko's file defines them.
 *  It also writes a configuration.nix where there is none; the rendered one replaces that in write-config. */
export const hardwareConfig: TaskWork = {
  id: 'hardware-config',
  check: async (context) => ((await findMissing(context)).length === 0 ? 'done' : 'todo'),
  async run({ plan, system }) {
    // --root goes in front of the default folder only: any other --dir is taken as it is.
    // Source: nixpkgs nixos/modules/installer/tools/nixos-generate-config.pl
    const folder = ['--dir', onTarget(hostDirectory(plan.hostName))]
    await system.run(programs.nixosGenerateConfig, ['--root', TARGET_ROOT, '--no-filesystems', ...folder])
    return undefined
  },
  verify: findMissing,
}

async function findMissing({ plan, system }: TaskContext): Promise<readonly Problem[]> {
  const file = hardwareConfigFile(plan.hostName)
  const text = await system.readText(onTarget(file))
  // A power cut can leave the beginning of it.
  if (text?.trimEnd().endsWith('}')) return []
  return [{ code: 'file-missing', path: ['target', file], message: `${onTarget(file)} was not written` }]
}
