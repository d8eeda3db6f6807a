import { setTimeout as pause } from 'node:timers/promises'
import { begunInMemory, type FoundInstalls, findInstalls } from '../install/find-begun.ts'
import { opensBy } from '../install/luks-keys.ts'
import { neededSecrets } from '../install/needed-secrets.ts'
import { releaseLeft } from '../install/release-left.ts'
import { isSystemError } from '../install/task-failure.ts'
import type { Hardware } from '../model/hardware.ts'
import { RUNTIME_DIRECTORY } from '../model/paths.ts'
import type { Begun } from '../model/saved-install.ts'
import type { Secret } from '../model/secret.ts'
import { CommandError, UserError } from '../system/errors.ts'
import { type Lock, takeLock } from '../system/lock.ts'
import type { System } from '../system/system.ts'
import type { EarlierInstall } from '../wizard/state.ts'
import type { Hands } from './hands.ts'

type EarlierHands = Pick<Hands, 'system' | 'version' | 'lockFile'>

/** An install that was begun here and did not end; one that runs at this moment cannot go on here. */
export async function findEarlier(hands: EarlierHands, hardware: Hardware): Promise<Begun | null> {
  return (await findEarlierInstalls(hands, hardware)).begun
}

/** The same with those that have come to their end. */
export async function findEarlierInstalls(
  { system, version, lockFile = LOCK_FILE }: EarlierHands,
  hardware: Hardware,
): Promise<FoundInstalls> {
  const lock = await waitForLock(system, lockFile)
  const isFree = lock === null || !('heldBy' in lock)
  try {
    const found = await findInstalls(system, hardware, version)
    const { begun } = found
    if (begun === null || isFree) return found
    return { ...found, begun: { ...begun, problems: [runningProblem(lock.heldBy), ...begun.problems] } }
  } finally {
    if (lock !== null && isFree) await lock.release()
  }
}

const LOOK_MS = 10_000
const PAUSE_MS = 250

/** Two wizards start at the same time, on the screen and on the serial line, and each mounts what it looks into: one after the
 *  other, or one of them would find nothing. Not for an install that runs: that has its journal in memory. */
async function waitForLock(system: System, path: string): Promise<Lock | { readonly heldBy: number } | null> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    const lock = await takeLockIfAllowed(path)
    const isLooking = lock !== null && 'heldBy' in lock && (await begunInMemory(system)) === null
    if (!isLooking || waited >= LOOK_MS) return lock
    await pause(PAUSE_MS)
  }
}

/** With all that the wizard needs for both ways on. */
export async function earlierInstall({ begun }: Pick<FoundInstalls, 'begun'>): Promise<EarlierInstall | null> {
  if (begun === null) return null
  // The plan of another version is not read for more than what is shown.
  const secrets = begun.problems.length === 0 ? neededSecrets(begun) : []
  return { begun, secrets, opening: await openingOf(begun) }
}

/** Its answers, for the pages of a new install. The secrets stay open: they were never written down. */
async function openingOf({ saved }: Begun): Promise<EarlierInstall['opening']> {
  // Loaded only now: a machine on which nothing was begun opens its wizard sooner without YAML.
  const [{ openingAnswers }, { readAnswers }] = await Promise.all([
    import('../answers/opening-answers.ts'),
    import('../answers/read-answers.ts'),
  ])
  const name = 'the earlier install'
  const read = await readAnswers(saved.answers, name, { readSecretFile: async () => null, skipsStrength: true })
  const problems = read.problems.filter(({ code }) => code !== 'secret-file-unreadable')
  return openingAnswers({ ...read, problems }, name)
}

/** Lets go of what it holds open since this boot, under the lock: never what an install that runs holds. */
export async function releaseEarlier(
  { system, liveLog, lockFile = LOCK_FILE }: Pick<Hands, 'system' | 'lockFile'> & Partial<Pick<Hands, 'liveLog'>>,
  { saved }: Begun,
): Promise<void> {
  const lock = await takeLockIfAllowed(lockFile)
  if (lock !== null && 'heldBy' in lock) {
    const { message, hint } = runningProblem(lock.heldBy)
    throw new UserError(message, { nextSteps: [hint] })
  }
  try {
    await releaseLeft(system, saved.plan, (line) => liveLog?.log.write(line))
  } finally {
    await lock?.release()
  }
}

/** Whether the disks open with this passphrase. Null where that cannot be tried yet: the credstore of ZFS is in a pool that is
 *  not imported. */
export async function opensDisks(system: System, { saved }: Begun, passphrase: Secret): Promise<boolean | null> {
  const { luksDevice } = saved.plan.storage
  if (luksDevice === null || !(await system.exists(luksDevice))) return null
  try {
    return await opensBy(system, luksDevice, passphrase)
  } catch (error) {
    if (error instanceof CommandError) return null
    throw error
  }
}

const LOCK_FILE = `${RUNTIME_DIRECTORY}/lock`

function runningProblem(heldBy: number) {
  const message = `an installation is running on this machine at this moment (process ${heldBy})`
  return { code: 'install-running', path: [], message, hint: 'go on there, on the other screen, or end that one first' }
}

/** Null where /run may not be written: then this is not root, and preflight says so. */
async function takeLockIfAllowed(path: string): Promise<Lock | { readonly heldBy: number } | null> {
  try {
    return await takeLock(path)
  } catch (error) {
    if (isSystemError(error)) return null
    throw error
  }
}
