import { commitAll, findUncommitted } from '../install/target-repository.ts'
import { FLAKE_LOCK_FILE } from '../model/paths.ts'
import type { TaskContext, TaskWork } from './task.ts'

/** Makes /etc/nixos the git repository that its owner goes on with. Before the build, because a flake in git consists of
 *  its tracked files: the build sees exactly what `nixos-rebuild switch --flake /etc/nixos` will see later. Nothing in it
 *  is secret: the files are made from the plan, and the plan holds no secret. */
export const commitConfig: TaskWork = {
  id: 'commit-config',
  check: async (context) => ((await findOurs(context)).length === 0 ? 'done' : 'todo'),
  async run(context) {
    const { hash, hostName, stateVersion, version } = context.plan
    await commitAll(context, [`Install ${hostName}`, `Plan ${hash}, version ${version}, for NixOS ${stateVersion}.`])
    return undefined
  },
  verify: (context) => findOurs(context),
}

/** A build that failed may have written down the versions that it chose: they are committed when it goes on. */
const findOurs = (context: TaskContext) => findUncommitted(context, { except: FLAKE_LOCK_FILE })
