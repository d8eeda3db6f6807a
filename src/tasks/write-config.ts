import { findUnwritten, writeToTarget } from '../install/target-files.ts'
import { hardwareConfigFile } from '../model/paths.ts'
import type { RenderedFile } from '../model/plan.ts'
import type { TaskContext, TaskWork } from './task.ts'

/** Puts the rendered configuration into place. What nixos-generate-config found out about the machine stays. Nothing here
 *  is secret: the files are made from the plan, and the plan holds no secret. */
export const writeConfig: TaskWork = {
  id: 'write-config',
  check: async (context) => ((await findUnwritten(context.system, ours(context))).length === 0 ? 'done' : 'todo'),
  async run(context) {
    await writeToTarget(context.system, ours(context))
    return undefined
  },
  verify: (context) => findUnwritten(context.system, ours(context)),
}

function ours({ files, plan }: TaskContext): readonly RenderedFile[] {
  return files.filter(({ path }) => path !== hardwareConfigFile(plan.hostName))
}
