import type { Plan } from '../../src/model/plan.ts'
import { expectedPool, expectedTables } from '../../src/plan/expected.ts'
import type { Machine } from '../harness/machine.ts'
import { readSgdisk } from './partition-table.ts'
import { readZpoolStatus } from './zpool-status.ts'

/** Of the space that was promised and the space that is there, in bytes. */
export type SpaceFound = { readonly what: string; readonly planned: number; readonly found: number }

/** How far the promise may be off. */
const TOLERANCE = 0.01

/** Looks at the running machine and tells, in words, what is not as the plan says: partition tables, pools, mounts, space. */
export async function comparePlan(
  machine: Machine,
  plan: Plan,
): Promise<{ readonly differences: readonly string[]; readonly space: readonly SpaceFound[] }> {
  const space = await spaceOf(machine, plan)
  const differences = [
    ...(await tableDifferences(machine, plan)),
    ...(await poolDifferences(machine, plan)),
    ...(await mountDifferences(machine, plan)),
    ...space.flatMap(({ what, planned, found }) =>
      Math.abs(found - planned) <= TOLERANCE * planned
        ? []
        : [`${what} has ${found} usable bytes, the plan says ${planned}: ${percent(found / planned - 1)} off`],
    ),
  ]
  return { differences, space }
}

const percent = (share: number) => `${(share * 100).toFixed(2)} %`

async function tableDifferences({ agent }: Machine, plan: Plan): Promise<readonly string[]> {
  const differences: string[] = []
  for (const { key, id, partitions } of expectedTables(plan)) {
    const found = readSgdisk(await agent.succeed(`sgdisk --print ${id}`))
    const wanted = partitions.map(({ number, startSector, sectors, type, label }) => ({
      number,
      startSector,
      sectors,
      type,
      label,
    }))
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      differences.push(
        `disk ${key} has the partitions ${JSON.stringify(found)}, the plan says ${JSON.stringify(wanted)}`,
      )
    }
  }
  return differences
}

async function poolDifferences({ agent }: Machine, plan: Plan): Promise<readonly string[]> {
  const differences: string[] = []
  const pools = expectedPool(plan)
  if (pools.length === 0) return []
  // A pool names its members as they were when it was imported: by what they are here, compared by label.
  const labels = new Map(
    (await agent.succeed('lsblk --list --noheadings --paths --output NAME,PARTLABEL')).split('\n').flatMap((line) => {
      const [name = '', label] = line.trim().split(/\s+/)
      return label === undefined ? [] : [[name, `/dev/disk/by-partlabel/${label}`] as const]
    }),
  )
  for (const { name, vdevs, datasets } of pools) {
    const found = readZpoolStatus(await agent.succeed(`zpool status -PL ${name}`)).map((vdev) => ({
      ...vdev,
      members: vdev.members.map((member) => labels.get(member) ?? member),
    }))
    const [is, should] = [found, vdevs].map((all) =>
      all.map(({ kind, mode, members }) => words(kind, mode, members)).sort(),
    )
    if (String(is) !== String(should))
      differences.push(`the pool ${name} is ${String(is)}, the plan says ${String(should)}`)
    const names = (await agent.succeed(`zfs list -H -r -o name -t filesystem,volume ${name}`)).split('\n').sort()
    const planned = datasets.map((dataset) => dataset.name).sort()
    if (String(names) !== String(planned)) {
      differences.push(`the pool ${name} has the datasets ${String(names)}, the plan says ${String(planned)}`)
    }
    const health = await agent.succeed(`zpool list -H -o health ${name}`)
    if (health !== 'ONLINE') differences.push(`the pool ${name} is ${health}`)
  }
  return differences
}

const words = (kind: string, mode: string, members: readonly string[]) =>
  [kind, mode, ...members.map((member) => member.replace('/dev/disk/by-partlabel/', ''))].filter(Boolean).join(' ')

async function mountDifferences({ agent }: Machine, { storage }: Plan): Promise<readonly string[]> {
  const ofData = (storage.dataPool?.datasets ?? []).map(({ name, mountpoint }) => ({
    target: mountpoint,
    source: name,
    filesystem: 'zfs',
  }))
  const differences: string[] = []
  for (const { target, source, filesystem } of [...storage.mounts, ...ofData]) {
    const { stdout } = await agent.exec(`findmnt --noheadings --mountpoint ${target} --output SOURCE,FSTYPE`)
    const [device = 'nothing', type = ''] = stdout.trim().split(/\s+/)
    const wanted = source.startsWith('/dev/disk/') ? await agent.succeed(`realpath ${source}`) : source
    if (device !== wanted || type !== filesystem) {
      differences.push(`${target} is ${device} ${type}, the plan says ${wanted} ${filesystem}`)
    }
  }
  return differences
}

async function spaceOf({ agent }: Machine, { storage }: Plan): Promise<readonly SpaceFound[]> {
  const ofPool = async (pool: string) =>
    (await agent.succeed(`zfs list -Hp -o used,available ${pool}`))
      .split('\t')
      .reduce((sum, text) => sum + Number(text), 0)
  const { pool, usableBytes, dataPool } = storage
  const system =
    pool === null
      ? { what: '/', found: Number((await agent.succeed('df --block-size=1 --output=size /')).split('\n')[1]) }
      : { what: pool, found: await ofPool(pool) }
  return [
    { ...system, planned: usableBytes },
    ...(dataPool === null
      ? []
      : [{ what: dataPool.pool, planned: dataPool.usableBytes, found: await ofPool(dataPool.pool) }]),
  ]
}
