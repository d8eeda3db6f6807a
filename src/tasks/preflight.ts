import { checkCluster } from '../install/cluster-check.ts'
import { lockedDataPool } from '../install/data-pool.ts'
import { findUnreadiness } from '../install/machine-readiness.ts'
import { releaseLeft } from '../install/release-left.ts'
import { isMappingOpen, poolsOf, readPools } from '../install/release-target.ts'
import { findTargetProblems } from '../install/target-disks.ts'
import { findMissingMounts, isBelow, type Mount, readMounts } from '../install/target-mounts.ts'
import { RUNTIME_DIRECTORY, TARGET_ROOT } from '../model/paths.ts'
import type { Problem } from '../model/problem.ts'
import { Bug } from '../system/errors.ts'
import { type Program, programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import type { TaskContext, TaskWork } from './task.ts'

const ALWAYS_NEEDED: readonly Program[] = [
  programs.disko,
  programs.findmnt,
  programs.fsckFat,
  programs.lsblk,
  programs.mkfsVfat,
  programs.nix,
  programs.nixosGenerateConfig,
  programs.nixosInstall,
  programs.sync,
  programs.udevadm,
  programs.umount,
  programs.wipefs,
]
const NEEDED_FOR_ZFS: readonly Program[] = [programs.zfs, programs.zpool]
const NEEDED_FOR_ENCRYPTION: readonly Program[] = [programs.cryptsetup, programs.systemdCryptenroll]

/** Is this still the machine the plan was made for, and is it ours to use? */
export const preflight: TaskWork = {
  id: 'preflight',
  async check({ plan, system }) {
    // A resume over our own mounts: the disks are in use, and by us.
    return (await findMissingMounts(system, plan)).length === 0 ? 'done' : 'todo'
  },
  // It only looks, and looking is verify's business; so a dry run on any machine gets as far as the later tasks. What an
  // installer that is gone has left open is let go first: the disks would be in use, and by us.
  async run({ leftBy, system, log }) {
    if (leftBy !== null) await releaseLeft(system, leftBy, log)
    return undefined
  },
  /** All findings at once. */
  async verify(context) {
    const { plan, system } = context
    // Without root most of the other answers would be wrong.
    const rights = await findMissingRights(system)
    if (rights.length > 0) return rights
    const groups = await Promise.all([
      findMissingFirmware(context),
      findMissingPrograms(system, neededPrograms(context)),
      findUnreadiness(system, plan),
      findTargetProblems(system, plan, context.confirmation),
      findNamesInUse(context),
      findClusterProblems(context),
    ])
    return groups.flat()
  },
}

/** A cluster that does not take this machine is found before anything is erased. What it does not tell is no problem. */
async function findClusterProblems({ plan, secrets, system, goesOn }: TaskContext): Promise<readonly Problem[]> {
  const { join } = plan.cluster
  if (join === null) return []
  // An install that goes on and has its token on the disk already is not asked for it again.
  if (secrets.joinToken === null && goesOn) return []
  if (secrets.joinToken === null) throw new Bug('a plan that joins a cluster, without a token')
  const get: System['httpsGet'] = (url, trust, timeoutMs) => system.httpsGet(url, trust, timeoutMs)
  return (await checkCluster({ ...join, token: secrets.joinToken }, plan.hostName, get)).problems
}

function neededPrograms({ plan, secrets }: TaskContext): readonly Program[] {
  return [
    ...ALWAYS_NEEDED,
    ...(poolsOf(plan).length > 0 ? NEEDED_FOR_ZFS : []),
    ...(plan.storage.isEncrypted ? NEEDED_FOR_ENCRYPTION : []),
    ...(secrets.password === null ? [] : [programs.mkpasswd]),
    ...(lockedDataPool(plan) === null ? [] : [programs.cp, programs.mount]),
  ].toSorted()
}

async function findMissingRights(system: System): Promise<readonly Problem[]> {
  const status = (await system.readText('/proc/self/status')) ?? ''
  // Real, effective, saved, file system user: the second counts.
  if (/^Uid:\s+\d+\s+0\s/m.test(status)) return []
  return [
    {
      code: 'not-root',
      path: ['hardware', 'user'],
      message: 'an installation needs root, because it writes to disks',
      hint: 'quit, and start it again as root: sudo keystone',
    },
  ]
}

async function findMissingFirmware({ plan, system }: TaskContext): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  if (!(await system.exists('/sys/firmware/efi'))) {
    problems.push({
      code: 'no-uefi',
      path: ['hardware', 'firmware'],
      message: 'this machine was not started by UEFI',
      hint: 'choose UEFI in the firmware settings and start from the medium again',
    })
  }
  if ((plan.unlock === 'tpm' || plan.unlock === 'tpm-pin') && !(await system.exists('/dev/tpmrm0'))) {
    problems.push({
      code: 'no-tpm',
      path: ['hardware', 'tpm'],
      message: 'unlocking by the TPM was chosen, but no TPM2 answers',
      hint: 'turn the TPM on in the firmware settings, or turn TPM unlock off on the encryption page',
    })
  }
  return problems
}

async function findMissingPrograms(system: System, needed: readonly Program[]): Promise<readonly Problem[]> {
  const present = await Promise.all(needed.map((program) => system.hasProgram(program)))
  const missing = needed.filter((_, index) => !present[index])
  if (missing.length === 0) return []
  return [
    {
      code: 'programs-missing',
      path: ['hardware', 'programs'],
      message: `these programs are not on this system: ${missing.join(', ')}`,
      hint: 'start from the Keystone medium, it has all of them',
    },
  ]
}

/** The places and names the install is going to take. What is there already is not ours, and would be mistaken for ours. */
async function findNamesInUse({ plan, system }: TaskContext): Promise<readonly Problem[]> {
  const { luksName } = plan.storage
  const pools = poolsOf(plan)
  const problems: Problem[] = []
  const mounts = await readMounts(system)
  // The deepest mount that holds the directory; of two at one place the later one.
  const runtime = mounts
    .filter(({ target }) => target === '/' || isBelow(RUNTIME_DIRECTORY, target))
    .reduce<Mount | null>((best, mount) => (best && best.target.length > mount.target.length ? best : mount), null)
  if (runtime?.filesystem !== 'tmpfs' && runtime?.filesystem !== 'ramfs') {
    const message = `${RUNTIME_DIRECTORY} must be in memory (tmpfs), because the passphrase passes through it`
    const hint = 'start from the Keystone medium'
    problems.push({ code: 'runtime-not-in-memory', path: ['hardware', 'memory'], message, hint })
  }
  const mounted = mounts.filter((mount) => isBelow(mount.target, TARGET_ROOT))
  if (mounted.length > 0) {
    const message = `${TARGET_ROOT} is in use: ${mounted.map((mount) => mount.target).join(', ')}`
    const hint = endIt(`umount -R ${TARGET_ROOT}`)
    problems.push({ code: 'target-in-use', path: ['target'], message, hint })
  }
  if (luksName !== null && (await isMappingOpen(system, luksName))) {
    const message = `an encrypted device with the name ${luksName} is open`
    const hint = endIt(`cryptsetup close ${luksName}`)
    problems.push({ code: 'mapping-in-use', path: ['target', luksName], message, hint })
  }
  const imported = pools.length === 0 ? [] : await readPools(system)
  for (const pool of pools.filter((name) => imported.includes(name))) {
    const message = `a ZFS pool with the name ${pool} is imported`
    const hint = endIt(`zpool export ${pool}`)
    problems.push({ code: 'pool-in-use', path: ['target', pool], message, hint })
  }
  return problems
}

/** Not ours, so nobody but its owner ends it. */
function endIt(command: string): string {
  return `if nobody needs it, end that in a shell with \`${command}\`, then retry`
}
