import { type BlockDevice, flatten } from '../hardware/lsblk.ts'
import { readBlockDevices } from '../hardware/read-disks.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { CommandError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import { poolsOf } from './release-target.ts'

/** A disk itself has its partition table, and a partition what its name says. `root` is a file system or LUKS, one of them. */
const MAY_HAVE: Readonly<Record<string, readonly string[]>> = {
  disk: ['gpt', 'PMBR'],
  esp: ['vfat'],
  swap: ['swap'],
  zfs: ['zfs_member'],
}
/** A scan of all disks for pools. */
const SCAN_MS = 120_000

/** What outlived the wipe: signatures of old file systems, arrays, volumes and pools, beside the new ones. disko formats nothing
 *  that seems to be formatted; and at a later start the old one may be taken for what is there: an array is put together, a
 *  pool of the same name is found twice. Empty: there is nothing but what the plan puts there. */
export async function findOldSignatures(system: System, plan: Plan): Promise<readonly Problem[]> {
  const devices = (await readBlockDevices(system))?.devices ?? []
  const problems: Problem[] = []
  for (const { id } of plan.storage.disks) {
    const path = await system.realPath(id)
    const disk = devices.find((device) => device.path === path)
    if (disk === undefined) continue
    const parts = flatten(disk).filter((device) => device === disk || device.type === 'part')
    for (const device of parts) problems.push(...(await oldOn(system, plan, device)))
  }
  return [...problems, ...(await findPoolsTwice(system, plan))]
}

async function oldOn(system: System, plan: Plan, device: BlockDevice): Promise<readonly Problem[]> {
  const signatures = await readSignatures(system, device.path)
  const types = [...new Set(signatures.map(({ type }) => type))]
  const kind = device.type === 'part' ? (/-([a-z]+)$/.exec(device.partitionLabel ?? '')?.[1] ?? '') : 'disk'
  const expected = MAY_HAVE[kind]
  const old = expected === undefined ? types.slice(1) : types.filter((type) => !expected.includes(type))
  const pools = poolsOf(plan)
  const foreign = signatures.flatMap(({ type, label }) =>
    type === 'zfs_member' && label !== null && !pools.includes(label) ? [`zfs_member (${label})`] : [],
  )
  const found = [...new Set([...old, ...foreign])]
  if (found.length === 0) return []
  return [
    {
      code: 'old-signature-left',
      path: ['target', device.path],
      message: `${device.path} still has the signature of something older: ${found.join(', ')}`,
      hint: `erase it in a shell with \`wipefs --all --force ${device.path}\`, then retry: the disks are formatted once more`,
    },
  ]
}

type Signature = { readonly type: string; readonly label: string | null }

/** Asked of the device itself: what udev knows may be a moment old, and it names one only. Source: wipefs(8) */
async function readSignatures(system: System, path: string): Promise<readonly Signature[]> {
  const { stdout } = await system.query(programs.wipefs, ['--no-act', '--json', path])
  if (stdout.trim() === '') return []
  return (JSON.parse(stdout) as { signatures: readonly Signature[] }).signatures
}

/** Ours are imported, and `zpool import` lists those that are not. */
async function findPoolsTwice(system: System, plan: Plan): Promise<readonly Problem[]> {
  const pools = poolsOf(plan)
  if (pools.length === 0) return []
  const listed = await readImportable(system)
  return listed
    .filter(({ name }) => pools.includes(name))
    .map(({ name, guid }) => ({
      code: 'old-pool-left',
      path: ['target', name],
      message: `an old pool called ${name} (${guid}) can still be found on the disks: the new one could be mistaken for it`,
      hint: 'see where it is with `zpool import`, clear it there in a shell (zpool labelclear -f), then retry',
    }))
}

/** Each pool begins with a line of its name and one of its guid. Nothing where the scan does not end: then a wipe that went
 *  well is no worse for it. Source: zpool-import(8) */
async function readImportable(system: System): Promise<readonly { readonly name: string; readonly guid: string }[]> {
  try {
    // 1: there is none.
    const { stdout } = await system.query(programs.zpool, ['import'], { okExitCodes: [0, 1], timeoutMs: SCAN_MS })
    return [...stdout.matchAll(/^ *pool: (\S+)\n *id: (\d+)$/gm)].map(([, name = '', guid = '']) => ({ name, guid }))
  } catch (error) {
    if (error instanceof CommandError) return []
    throw error
  }
}
