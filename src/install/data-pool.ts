import { DATA_POOL_KEY_FILE, NEW_DATA_POOL_KEY_FILE, SECRETS_DIRECTORY } from '../model/paths.ts'
import type { Plan, PlannedDataPool } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import { onTarget, readMounts } from './target-mounts.ts'

/** The data pool, when it has a key: then the key must come to lie on the encrypted root, and nowhere else. */
export function lockedDataPool({ storage }: Plan): PlannedDataPool | null {
  return storage.isEncrypted ? storage.dataPool : null
}

/** While it formats, disko makes the key in memory: the root is not mounted then. Here it goes to its place for good. A raw
 *  key is no text, so it is copied by a program and never read by us. */
export async function keepDataPoolKey(system: System, plan: Plan): Promise<void> {
  if (lockedDataPool(plan) === null) return
  await system.makeDirectory(onTarget(SECRETS_DIRECTORY), { mode: 0o700 })
  // A new file gets the mode of the old one, 0600.
  await system.run(programs.cp, [NEW_DATA_POOL_KEY_FILE, onTarget(DATA_POOL_KEY_FILE)])
  await system.removeFile(NEW_DATA_POOL_KEY_FILE)
}

/** For a target that was formatted before: disko imports the pool, but cannot mount its files, because the key lies on the
 *  root that it mounts in the same run. */
export async function openDataPool(system: System, plan: Plan): Promise<void> {
  const dataPool = lockedDataPool(plan)
  if (dataPool === null) return
  const mounted = new Set((await readMounts(system)).map(({ target }) => target))
  const missing = dataPool.datasets.filter(({ mountpoint }) => !mounted.has(onTarget(mountpoint)))
  if (missing.length === 0) return
  const keyFile = `file://${onTarget(DATA_POOL_KEY_FILE)}`
  await system.run(programs.zfs, ['load-key', '-L', keyFile, encryptionRoot(dataPool)])
  for (const { name, mountpoint } of missing) {
    await system.run(programs.mount, ['-t', 'zfs', '-o', 'X-mount.mkdir', name, onTarget(mountpoint)])
  }
}

function encryptionRoot({ pool }: PlannedDataPool): string {
  return `${pool}/crypt`
}

/** Is the key where the installed system looks for it, and only there? */
export async function findDataPoolKeyProblems(system: System, plan: Plan): Promise<readonly Problem[]> {
  if (lockedDataPool(plan) === null) return []
  const problems: Problem[] = []
  const kept = onTarget(DATA_POOL_KEY_FILE)
  if (!(await system.exists(kept))) {
    const message = `the key of the data pool is not at ${kept}: nobody could open the pool again`
    problems.push({ code: 'data-key-missing', path: ['target', DATA_POOL_KEY_FILE], message })
  }
  if (await system.exists(NEW_DATA_POOL_KEY_FILE)) {
    const message = `${NEW_DATA_POOL_KEY_FILE} is still there`
    problems.push({ code: 'data-key-left', path: ['target', DATA_POOL_KEY_FILE], message })
  }
  return problems
}
