import { onTarget } from '../install/target-mounts.ts'
import { CONFIG_DIRECTORY, TARGET_ROOT } from '../model/paths.ts'
import type { Problem } from '../model/problem.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import type { TaskWork } from './task.ts'

export const HARDWARE_CONFIG_FILE = `${CONFIG_DIRECTORY}/hardware-configuration.nix`

/** Lets NixOS write down which drivers this machine needs. File systems are left out: disko's file defines them. */
export const hardwareConfig: TaskWork = {
  id: 'hardware-config',
  check: async ({ system }) => ((await findMissing(system)).length === 0 ? 'done' : 'todo'),
  async run({ system }) {
    await system.run(programs.nixosGenerateConfig, ['--root', TARGET_ROOT, '--no-filesystems'])
    return undefined
  },
  verify: ({ system }) => findMissing(system),
}

async function findMissing(system: System): Promise<readonly Problem[]> {
  const path = onTarget(HARDWARE_CONFIG_FILE)
  const text = await system.readText(path)
  if (text !== null && text.trim() !== '') return []
  return [{ code: 'file-missing', path: ['target', HARDWARE_CONFIG_FILE], message: `${path} was not written` }]
}
