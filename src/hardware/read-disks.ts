import type { Problem } from '../model/problem.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import type { DiskNames } from './disk-id.ts'
import type { RunningSystem } from './disk-use.ts'
import { makeDisks } from './disks.ts'
import { type BlockDevice, flatten, LSBLK_ARGS, parseLsblk } from './lsblk.ts'
import { hardwareProblem, type Part } from './part.ts'

const BY_ID = '/dev/disk/by-id'
const EFIVARS = '/sys/firmware/efi/efivars'
const ONLINE_VOLUMES = '/run/lvm/pvs_online'
/** A dying disk can hold lsblk for minutes; nobody waits that long for a first screen. */
const TIMEOUT_MS = 10_000

/** The disks as they are now, with what detection makes of them left out. */
export type BlockDevices = {
  readonly devices: readonly BlockDevice[]
  /** Null where udev keeps no names at all. */
  readonly names: DiskNames | null
  readonly running: RunningSystem
}

/** Null when lsblk cannot be asked, or answers what is no list. */
export async function readBlockDevices(system: System): Promise<BlockDevices | null> {
  const [lsblk, names] = await Promise.all([readLsblk(system), readNames(system)])
  const devices = lsblk === null ? null : parseLsblk(lsblk)
  return devices === null ? null : { devices, names, running: await readRunning(system, devices) }
}

export async function readDisks(system: System): Promise<Part<'disks'>> {
  const found = await readBlockDevices(system)
  if (found === null) {
    return {
      value: { disks: [] },
      problems: [problem('cannot-read-disks', 'cannot list the disks with `lsblk`', 'check that lsblk runs')],
    }
  }
  const disks = makeDisks(found.devices, found.names ?? new Map(), found.running)
  const problems: Problem[] = []
  if (found.names === null && disks.length > 0) {
    const message = `the disks have no stable names: ${BY_ID} is missing, so none of them can be chosen`
    problems.push(problem('no-disk-ids', message, 'check that udev runs'))
  }
  for (const disk of disks) {
    if (disk.sizeBytes === 0) {
      problems.push(problem('unknown-disk-size', `cannot read the size of ${disk.path}, so it cannot be chosen`))
    }
    if (disk.whyNoId !== undefined) {
      problems.push(problem('disk-without-own-id', `${disk.name} ${disk.whyNoId}`))
    }
  }
  return { value: { disks }, problems }
}

const problem = (code: string, message: string, hint?: string) => hardwareProblem('disks', code, message, hint)

async function readLsblk(system: System): Promise<string | null> {
  try {
    // 32: found nothing; 64: found some of them. Source: lsblk(8), exit status.
    const options = { okExitCodes: [0, 32, 64], timeoutMs: TIMEOUT_MS }
    return (await system.query(programs.lsblk, LSBLK_ARGS, options)).stdout || '{"blockdevices":[]}'
  } catch {
    return null
  }
}

async function readNames(system: System): Promise<DiskNames | null> {
  const names = await system.listDirectory(BY_ID)
  if (names === null) return null
  const disks = names.filter((name) => !/-part\d+$/.test(name))
  const targets = await Promise.all(disks.map((name) => system.realPath(`${BY_ID}/${name}`)))
  const byTarget = new Map<string, string[]>()
  for (const [index, name] of disks.entries()) {
    const target = targets[index]
    if (target) byTarget.set(target, [...(byTarget.get(target) ?? []), name])
  }
  return byTarget
}

async function readRunning(system: System, devices: readonly BlockDevice[]): Promise<RunningSystem> {
  const [kernelCommandLine, mounts, kstat, blockNames, variables, volumeGroups] = await Promise.all([
    system.readText('/proc/cmdline'),
    system.readText('/proc/self/mounts'),
    // Asking zpool would load the ZFS module, which takes seconds on a small machine; no kstat folder, no imported pool.
    system.listDirectory('/proc/spl/kstat/zfs'),
    system.listDirectory('/sys/block'),
    system.listDirectory(EFIVARS),
    readVolumeGroups(system, devices),
  ])
  const loops = (blockNames ?? []).filter((name) => name.startsWith('loop'))
  const [poolFolders, files] = await Promise.all([
    Promise.all(
      (kstat ?? []).map(async (name) => ((await system.exists(`/proc/spl/kstat/zfs/${name}/state`)) ? name : null)),
    ),
    Promise.all(loops.map((name) => system.readText(`/sys/block/${name}/loop/backing_file`))),
  ])
  const pools = poolFolders.filter((name) => name !== null)
  return {
    kernelCommandLine: kernelCommandLine ?? '',
    mounts: mounts ?? '',
    pools,
    poolDevices: pools.length > 0 ? await readPoolDevices(system) : null,
    loopFiles: new Map(loops.flatMap((name, index) => (files[index] ? [[name, files[index].trim()] as const] : []))),
    volumeGroups,
    isVentoy: variables?.some((name) => name.startsWith('VentoyOsParam-')) ?? false,
  }
}

/** What LVM has written down for each physical volume that it has seen come, asked without its programs. Source: LVM2,
 *  lib/device/online.c. */
async function readVolumeGroups(system: System, devices: readonly BlockDevice[]): Promise<ReadonlyMap<string, string>> {
  const volumes = devices.flatMap(flatten).filter(({ filesystem }) => filesystem === 'LVM2_member')
  const uuids = [...new Set(volumes.flatMap(({ uuid }) => uuid ?? []))].filter((uuid) => /^[A-Za-z0-9-]+$/.test(uuid))
  const texts = await Promise.all(uuids.map((uuid) => system.readText(`${ONLINE_VOLUMES}/${uuid.replaceAll('-', '')}`)))
  return new Map(
    uuids.flatMap((uuid, index) => {
      const group = /^vg:(\S+)$/m.exec(texts[index] ?? '')?.[1]
      return group === undefined ? [] : [[uuid, group] as const]
    }),
  )
}

/** The devices of every imported pool, by kernel path; null when zpool cannot tell. */
async function readPoolDevices(system: System): Promise<readonly string[] | null> {
  try {
    const { stdout } = await system.query(programs.zpool, ['list', '-H', '-v', '-L', '-P'], { timeoutMs: TIMEOUT_MS })
    return stdout.split('\n').flatMap(
      (line) =>
        line
          .trim()
          .split('\t')
          .find((field) => field.startsWith('/dev/')) ?? [],
    )
  } catch {
    return null
  }
}
