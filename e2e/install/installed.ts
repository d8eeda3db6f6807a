import type { Machine } from '../harness/machine.ts'

/** What the first-boot phase writes to /var/lib/keystone/phases/first-boot.json. */
export type FirstBoot = {
  phase: 'first-boot'
  ok: boolean
  unlockedBy: 'tpm2' | 'passphrase' | 'PIN or passphrase' | 'nothing' | 'unknown'
  checks: { name: string; ok: boolean; found: string; expected: string }[]
}

/** Waits for the installed system and its first-boot phase; gives the phase's result. */
export async function firstBoot(machine: Machine): Promise<FirstBoot> {
  await machine.agent.waitReady({ timeoutMs: 600_000 })
  // A missing disk is waited for before the system goes on without it.
  // The phase is a oneshot unit: it is over when it is active (exited) or failed.
  await machine.agent.succeed(
    "timeout 590 bash -c 'while systemctl show -P ActiveState keystone-first-boot | grep -qx -e inactive -e activating; do sleep 0.5; done'",
    { timeoutMs: 600_000 },
  )
  return JSON.parse(await machine.agent.succeed('cat /var/lib/keystone/phases/first-boot.json')) as FirstBoot
}

/** `zfs get` of one property, its value alone. */
export function zfsGet(machine: Machine, property: string, dataset: string): Promise<string> {
  return machine.agent.succeed(`zfs get -H -o value ${property} ${dataset}`)
}

/** Has sanoid do its hourly work now; gives the kinds of snapshot that each dataset has (`daily hourly monthly weekly`). */
export async function takeSnapshots(machine: Machine): Promise<Record<string, string>> {
  // By its unit, so as the user and with the rights that it has there.
  await machine.agent.succeed('systemctl start --wait sanoid', { timeoutMs: 180_000 })
  const list = await machine.agent.succeed('zfs list -H -t snapshot -o name -s name', { timeoutMs: 60_000 })
  const kinds: Record<string, string> = {}
  for (const [, dataset = '', kind] of list.matchAll(/^(.+)@autosnap_.*_([a-z]+)$/gm)) {
    kinds[dataset] = `${kinds[dataset] ?? ''} ${kind}`.trim().split(' ').sort().join(' ')
  }
  return kinds
}

/** The git repository in /etc/nixos: subjects of its commits (newest first), its files, and what is not committed. */
export async function configRepository(
  machine: Machine,
): Promise<{ commits: string[]; files: string[]; status: string }> {
  const git = (command: string) => machine.agent.succeed(`git -C /etc/nixos ${command}`)
  return {
    commits: (await git('log --format=%s')).split('\n'),
    files: (await git('ls-files')).split('\n'),
    status: await git('status --porcelain'),
  }
}

/** Start (sectors of 512 bytes), size in bytes, type and label of all partitions of a target disk, for comparing two
 *  installs. */
export async function partitionTable(machine: Machine, diskId: string): Promise<unknown[]> {
  // NAME makes lsblk give the tree; kernel names differ from boot to boot and are left out below.
  const columns = 'NAME,START,SIZE,PARTTYPE,PARTLABEL'
  const disk = `/dev/disk/by-id/virtio-${diskId}`
  const { blockdevices } = JSON.parse(
    await machine.agent.succeed(`lsblk --json --bytes --output ${columns} ${disk}`),
  ) as {
    blockdevices: { children?: { partlabel: string | null }[] }[]
  }
  const partitions = blockdevices.flatMap(({ children }) => children ?? [])
  if (partitions.length === 0) throw new Error(`${disk} has no partitions`)
  // What lies on a partition (a mapping of swap) belongs to the running system, not to the table.
  return partitions
    .map((partition) => ({ ...partition, name: undefined, children: undefined }))
    .sort((one, other) => String(one.partlabel).localeCompare(String(other.partlabel)))
}
