import { setTimeout as pause } from 'node:timers/promises'
import { CREDSTORE_DIRECTORY, TARGET_ROOT } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import { CommandError, UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import { isBelow, readMounts } from './target-mounts.ts'

/** What the install holds open on the target disks. */
export type TargetHold = {
  /** Mount points to unmount with all below them. */
  readonly mounts: readonly string[]
  readonly swaps: readonly string[]
  readonly mapping: string | null
  /** Those whose members are on the target disks, in the order of their export. */
  readonly pools: readonly string[]
}

/** What is open after an install that went well. */
export function expectedHold(plan: Plan): TargetHold {
  return { mounts: [TARGET_ROOT], swaps: [], mapping: plan.storage.luksName, pools: poolsOf(plan) }
}

/** The data pool first: what it is encrypted with lies on the other. */
export function poolsOf({ storage }: Plan): readonly string[] {
  return [storage.dataPool?.pool, storage.pool].filter((pool) => typeof pool === 'string')
}

/** What is open now: after a failure nobody knows how far things came. */
export async function findHold(system: System, plan: Plan): Promise<TargetHold> {
  const mounts = (await readMounts(system)).map((mount) => mount.target)
  const ours = mounts.filter((target) => isBelow(target, TARGET_ROOT) || isBelow(target, CREDSTORE_DIRECTORY))
  const tops = ours.filter((target) => !ours.some((other) => other !== target && isBelow(target, other)))
  const { luksName } = plan.storage
  const pools = poolsOf(plan)
  const imported = pools.length === 0 ? [] : await readPools(system)
  return {
    mounts: [...new Set(tops)].reverse(),
    swaps: await findSwaps(system, plan),
    mapping: luksName !== null && (await isMappingOpen(system, luksName)) ? luksName : null,
    pools: pools.filter((pool) => imported.includes(pool)),
  }
}

export type ReleaseLimits = { readonly attempts: number; readonly pauseMs: number }
const LIMITS: ReleaseLimits = { attempts: 10, pauseMs: 500 }

/** Lets go of the target, in the only safe order. Exporting a pool while the LUKS mapping on its own zvol is open blocks
 *  zpool and a kernel thread for good (measured with ZFS 2.3.9): so the mapping must be seen closed before the export,
 *  and nothing here is ever forced. Source: facts from VM runs; nix-community/disko#1095 for the udev race. */
export async function releaseTarget(system: System, hold: TargetHold, limits: ReleaseLimits = LIMITS): Promise<void> {
  for (const swap of hold.swaps) await system.run(programs.swapoff, [swap])
  for (const target of hold.mounts) await system.run(programs.umount, ['-R', target])
  if (hold.mapping !== null) await closeMapping(system, hold.mapping, limits)
  for (const pool of hold.pools) await exportPool(system, pool, limits)
}

async function closeMapping(system: System, name: string, limits: ReleaseLimits): Promise<void> {
  for (let attempt = 1; attempt <= limits.attempts; attempt++) {
    if (attempt > 1) await pause(limits.pauseMs)
    // 4: there is no such mapping. 5: still in use, often by udev that looks at a zvol it just saw.
    await system.run(programs.cryptsetup, ['close', name], { okExitCodes: [0, 4, 5] })
    await settle(system)
    if (!(await isMapped(system, 'run', name))) return
  }
  throw new UserError(`the encrypted device ${name} cannot be closed, something still uses it`, {
    nextSteps: ['restart the machine; the pool is not exported by force, that could block it'],
  })
}

async function exportPool(system: System, pool: string, limits: ReleaseLimits): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await system.run(programs.zpool, ['export', pool])
      return
    } catch (error) {
      const isBusy = error instanceof CommandError && error.exitCode === 1
      if (!isBusy || attempt >= limits.attempts) throw error
      await settle(system)
      await pause(limits.pauseMs)
    }
  }
}

async function settle(system: System): Promise<void> {
  // 1: udev is still busy after the time-out; the next attempt shows whether that matters.
  await system.run(programs.udevadm, ['settle', '--timeout=30'], { okExitCodes: [0, 1] })
}

export const isMappingOpen = (system: System, name: string): Promise<boolean> => isMapped(system, 'query', name)

/** lsblk shows trees that begin at disks: the mapping that is left of a disk that was pulled out is in none of them, and only
 *  sysfs knows it. */
async function isMapped(system: System, how: 'query' | 'run', name: string): Promise<boolean> {
  return hasMapping(await listDevices(system, how), name) || (await listMappings(system)).includes(name)
}

/** The names of the kernel's LUKS mappings. Source: Linux, Documentation/ABI/testing/sysfs-block-dm; cryptsetup gives each a
 *  UUID that begins with its type. */
async function listMappings(system: System): Promise<readonly string[]> {
  const devices = ((await system.listDirectory('/sys/block')) ?? []).filter((device) => device.startsWith('dm-'))
  const found = await Promise.all(
    devices.map(async (device) => {
      const uuid = await system.readText(`/sys/block/${device}/dm/uuid`)
      return uuid?.startsWith('CRYPT-') ? ((await system.readText(`/sys/block/${device}/dm/name`))?.trim() ?? '') : ''
    }),
  )
  return found.filter((name) => name !== '')
}

/** As `run` it is a step of the release: a dry run shows it, and is answered as if the mapping were closed. */
async function listDevices(system: System, how: 'query' | 'run'): Promise<string> {
  const args = ['--json', '--list', '--output', 'NAME,TYPE']
  const options = { okExitCodes: [0, 32], preview: '{"blockdevices":[]}' } // 32: no devices at all
  return (await system[how](programs.lsblk, args, options)).stdout
}

function hasMapping(lsblk: string, name: string): boolean {
  if (lsblk.trim() === '') return false
  const { blockdevices } = JSON.parse(lsblk) as { blockdevices: readonly { name: string; type: string }[] }
  return blockdevices.some((device) => device.type === 'crypt' && device.name === name)
}

/** The imported pools; none as well where there is no ZFS. */
export async function readPools(system: System): Promise<readonly string[]> {
  try {
    const { exitCode, stdout } = await system.query(programs.zpool, ['list', '-H', '-o', 'name'], {
      okExitCodes: [0, 1],
    })
    return exitCode === 0 ? stdout.split('\n').filter((name) => name !== '') : []
  } catch (error) {
    if (error instanceof CommandError && error.isMissing) return []
    throw error
  }
}

async function findSwaps(system: System, plan: Plan): Promise<readonly string[]> {
  const used = ((await system.readText('/proc/swaps')) ?? '')
    .split('\n')
    .slice(1)
    .flatMap((line) => line.split(/\s/, 1))
    .filter((path) => path.startsWith('/dev/'))
  const disks = await Promise.all(plan.storage.disks.map((disk) => system.realPath(disk.id)))
  return used.filter((path) => disks.some((disk) => disk !== null && /^p?\d+$/.test(path.replace(disk, ''))))
}
