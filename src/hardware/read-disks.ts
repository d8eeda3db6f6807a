import type { Problem } from '../model/problem.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import type { RunningSystem } from './disk-use.ts'
import { makeDisks } from './disks.ts'
import { LSBLK_ARGS, parseLsblk } from './lsblk.ts'
import { hardwareProblem, type Part } from './part.ts'

const BY_ID = '/dev/disk/by-id'
/** A dying disk can hold lsblk for minutes; nobody waits that long for a first screen. */
const TIMEOUT_MS = 10_000

export async function readDisks(system: System): Promise<Part<'disks'>> {
  const [lsblk, idLinks, running] = await Promise.all([readLsblk(system), readIdLinks(system), readRunning(system)])
  const devices = lsblk === null ? null : parseLsblk(lsblk)
  if (devices === null) {
    return {
      value: { disks: [] },
      problems: [problem('cannot-read-disks', 'cannot list the disks with `lsblk`', 'check that lsblk runs')],
    }
  }
  const disks = makeDisks(devices, idLinks ?? new Map(), running)
  const problems: Problem[] = []
  if (idLinks === null && disks.length > 0) {
    const message = `the disks have no stable names: ${BY_ID} is missing, so none of them can be chosen`
    problems.push(problem('no-disk-ids', message, 'check that udev runs'))
  }
  for (const disk of disks.filter((disk) => disk.sizeBytes === 0)) {
    problems.push(problem('unknown-disk-size', `cannot read the size of ${disk.path}, so it cannot be chosen`))
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

async function readIdLinks(system: System): Promise<ReadonlyMap<string, string> | null> {
  const names = await system.listDirectory(BY_ID)
  if (names === null) return null
  const disks = names.filter((name) => !/-part\d+$/.test(name))
  const targets = await Promise.all(disks.map((name) => system.realPath(`${BY_ID}/${name}`)))
  return new Map(disks.flatMap((name, index) => (targets[index] ? [[name, targets[index]] as const] : [])))
}

async function readRunning(system: System): Promise<RunningSystem> {
  const [kernelCommandLine, mounts, kstat, blockNames] = await Promise.all([
    system.readText('/proc/cmdline'),
    system.readText('/proc/self/mounts'),
    // Asking zpool would load the ZFS module, which takes seconds on a small machine; no kstat folder, no imported pool.
    system.listDirectory('/proc/spl/kstat/zfs'),
    system.listDirectory('/sys/block'),
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
  }
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
