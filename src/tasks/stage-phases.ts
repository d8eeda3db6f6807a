import { findUnwritten, writeToTarget } from '../install/target-files.ts'
import type { Plan, RenderedFile } from '../model/plan.ts'
import type { TaskContext, TaskWork } from './task.ts'

export const INSTALL_FACTS_FILE = '/etc/keystone/install.json'

/** What the phases run after the first boot, and what they must know about this machine. */
export const stagePhases: TaskWork = {
  id: 'stage-phases',
  check: async (context) => ((await findUnwritten(context.system, staged(context))).length === 0 ? 'done' : 'todo'),
  async run(context) {
    await writeToTarget(context.system, staged(context))
    return undefined
  },
  verify: (context) => findUnwritten(context.system, staged(context)),
}

function staged({ plan, phaseFiles }: TaskContext): readonly RenderedFile[] {
  return [...phaseFiles, { path: INSTALL_FACTS_FILE, content: installFacts(plan), mode: 0o644 }]
}

function installFacts({ hash, hostName, unlock, storage }: Plan): string {
  const { layout, luksDevice, luksName, pool, dataPool, disks } = storage
  const facts = {
    planHash: hash,
    layout,
    unlock,
    luksDevice,
    luksName,
    pool,
    dataPool: dataPool?.pool ?? null,
    espMountpoints: disks.map((disk) => disk.espMountpoint).filter((mountpoint) => mountpoint !== null),
    hostName,
  }
  return `${JSON.stringify(facts, null, 2)}\n`
}
