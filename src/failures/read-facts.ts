import { readTpm } from '../hardware/tpm.ts'
import type { MachineFacts } from '../model/failure.ts'
import { RUNTIME_DIRECTORY, TARGET_ROOT } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import { BUILT_AT } from '../model/version.ts'
import { lookUpName } from '../system/look-up-name.ts'
import type { System } from '../system/system.ts'
import { readDiskFacts } from './disk-facts.ts'
import { findUsers } from './find-users.ts'
import { findMissingModules } from './kernel-modules.ts'
import { findBrokenMounts, isMounted, readEfiVariables } from './mount-facts.ts'
import { readNetworkFacts } from './network-facts.ts'
import { readPoolFacts } from './pool-facts.ts'
import { within } from './within.ts'

const LIMIT_MS = 3000

/** What the facts are compared with: how things were when the install began. */
export type FactsBefore = {
  /** By `readOomKills`. */
  readonly oomKills: number | null
}

/** Of the build's own clock and of time zones. */
const CLOCK_TOLERANCE_MS = 24 * 60 * 60 * 1000

/** Looks at the machine right after a failure, before anything is undone. Changes nothing, never throws, and takes no longer
 *  than a few seconds: each fact has 3 s, and what does not come in time is null. */
export async function readFacts(
  system: System,
  plan: Plan,
  before: FactsBefore,
  lookUp: typeof lookUpName = lookUpName,
  builtAt: string | null = BUILT_AT,
): Promise<MachineFacts> {
  const [storage, oomKills, network, efiVariables, tpm, missingModules, temporary, runtime] = await Promise.all([
    readStorage(system, plan),
    within(LIMIT_MS, () => readOomKills(system)),
    within(LIMIT_MS, () => readNetworkFacts(system, lookUp)),
    within(LIMIT_MS, () => readEfiVariables(system)),
    within(LIMIT_MS, () => readTpmFacts(system, plan)),
    within(LIMIT_MS, () => findMissingModules(system, plan)),
    within(LIMIT_MS, () => system.freeBytes('/tmp')),
    within(LIMIT_MS, () => system.freeBytes(RUNTIME_DIRECTORY)),
  ])
  const { targetBytes, ...state } = storage
  return {
    ...state,
    freeBytes: { temporary, target: targetBytes, runtime },
    oomKills: oomKills === null || before.oomKills === null ? null : Math.max(0, oomKills - before.oomKills),
    hasLink: network?.hasLink ?? null,
    hasRoute: network?.hasRoute ?? null,
    nameLookup: network?.nameLookup ?? null,
    clockIsBeforeBuild: isClockWrong(system.now(), builtAt),
    efiVariables,
    tpm,
    missingModules: missingModules ?? [],
  }
}

/** No machine's clock is before the day this Keystone was built; null where that is not known, as from source. */
function isClockWrong(now: Date, builtAt: string | null): boolean | null {
  return builtAt === null ? null : now.getTime() < Date.parse(builtAt) - CLOCK_TOLERANCE_MS
}

/** Processes that the kernel has ended for want of memory since it started. */
export async function readOomKills(system: System): Promise<number | null> {
  const count = /^oom_kill (\d+)$/m.exec((await system.readText('/proc/vmstat')) ?? '')?.[1]
  return count === undefined ? null : Number(count)
}

/** One after the other: a disk that hangs keeps whoever asks it, and the process has only a few hands (libuv's threads) that
 *  the journal needs as well. After the first that hangs nobody asks further. */
async function readStorage(system: System, plan: Plan) {
  const [{ disks, hasHung }, pools] = await Promise.all([
    readDiskFacts(system, plan, LIMIT_MS),
    within(LIMIT_MS, () => readPoolFacts(system)),
  ])
  const isStuck = hasHung || pools === null || pools.some(({ state }) => state === 'SUSPENDED')
  const brokenMounts = hasHung ? null : await within(LIMIT_MS, () => findBrokenMounts(system, plan))
  const targetBytes = isStuck ? null : await within(LIMIT_MS, () => freeOnTarget(system))
  const users = isStuck ? null : await within(LIMIT_MS, () => findUsers(system, plan))
  return { disks, pools: pools ?? [], brokenMounts: brokenMounts ?? [], targetBytes, users: users ?? [] }
}

/** Before the target is mounted its folder is the live system's. */
async function freeOnTarget(system: System): Promise<number | null> {
  return (await isMounted(system, TARGET_ROOT)) ? system.freeBytes(TARGET_ROOT) : null
}

async function readTpmFacts(system: System, { unlock }: Plan): Promise<MachineFacts['tpm']> {
  if (unlock !== 'tpm' && unlock !== 'tpm-pin') return null
  if (!(await system.exists('/sys/class'))) return null
  const { isUsable, isLockedOut } = (await readTpm(system)).value.tpm
  return { isPresent: isUsable, isLockedOut: typeof isLockedOut === 'boolean' ? isLockedOut : null }
}
