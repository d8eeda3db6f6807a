import { findUnwritten, writeToTarget } from '../install/target-files.ts'
import { CONFIG_DIRECTORY } from '../model/paths.ts'
import type { RenderedFile } from '../model/plan.ts'
import type { TaskWork } from './task.ts'

/** Puts the rendered configuration into place. What nixos-generate-config found out about the machine stays. Nothing here
 *  is secret: the files are made from the plan, and the plan holds no secret. */
export const writeConfig: TaskWork = {
  id: 'write-config',
  check: async ({ files, system }) => ((await findUnwritten(system, ours(files))).length === 0 ? 'done' : 'todo'),
  async run({ files, system }) {
    await writeToTarget(system, ours(files))
    return undefined
  },
  verify: ({ files, system }) => findUnwritten(system, ours(files)),
}

function ours(files: readonly RenderedFile[]): readonly RenderedFile[] {
  return files.filter(({ path }) => path !== `${CONFIG_DIRECTORY}/hardware-configuration.nix`)
}
