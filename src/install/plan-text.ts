import type { Unlock } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Plan, PlannedVdev, SpacePart } from '../model/plan.ts'
import { formatSize } from '../model/size.ts'
import { actions, actionWords } from '../plan/actions.ts'
import { ASCII_STYLE, diskBar, type Segment } from '../plan/disk-bar.ts'
import { LAYOUT_TITLES, SHAPE_TITLES } from '../plan/layouts.ts'
import { partitionsOf } from '../plan/partitions.ts'
import { diskChanges, purposeOf } from '../plan/preview.ts'

const BAR_WIDTH = 60

/** The plan for a person: which disks are erased, and what comes on them. With the hardware also what is on them now. */
export function formatPlan(plan: Plan, hardware: Hardware | null = null): string {
  const { storage, network, cluster, system } = plan
  const { dataPool } = storage
  return [
    row('plan', plan.hash),
    row('host', `${plan.hostName}, user ${plan.userName}, ${plan.sshKeys.length} SSH keys`),
    row('system', `${system.language}, keyboard ${system.keyboard}, ${system.timeZone}`),
    row('cluster', [cluster.name, cluster.role, ...(cluster.join ? [`joins ${cluster.join.server}`] : [])].join(', ')),
    row('network', networkWords(network)),
    row('unlock', `${UNLOCK_WORDS[plan.unlock]}${plan.recoveryKey ? ', recovery key' : ''}`),
    row('layout', LAYOUT_TITLES[storage.layout]),
    ...spaceLines(storage.usableBytes, storage.space),
    ...diskLines(plan, hardware),
    ...(storage.pool === null ? [] : poolLines(storage.pool, storage.vdevs, storage.datasets)),
    ...(dataPool
      ? [
          row('data', `${SHAPE_TITLES[dataPool.layout]}, ZFS`),
          ...spaceLines(dataPool.usableBytes, dataPool.space),
          ...poolLines(dataPool.pool, dataPool.vdevs, dataPool.datasets),
        ]
      : []),
    ...actions(plan, hardware).map((action, index) => row(index === 0 ? 'steps' : '', actionWords(action))),
  ]
    .join('\n')
    .concat('\n')
}

const UNLOCK_WORDS: Readonly<Record<Unlock, string>> = {
  none: 'nothing is encrypted',
  passphrase: 'passphrase',
  tpm: 'TPM, passphrase',
  'tpm-pin': 'TPM with PIN, passphrase',
}

function networkWords({ interface: name, bond, vlan, mode, address, address6, wifi }: Plan['network']): string {
  const where = [
    name,
    ...(bond ? [`bond of ${bond.interfaces.join(' and ')}`] : []),
    ...(vlan === null ? [] : [`VLAN ${vlan}`]),
    ...(wifi ? [`Wi-Fi ${wifi.ssid}`] : []),
  ]
  const addresses = mode === 'dhcp' ? ['DHCP'] : [address, address6].filter((each) => each !== null)
  return [...where, ...addresses].join(', ')
}

function spaceLines(usableBytes: number, space: readonly SpacePart[]): readonly string[] {
  return [
    row('space', `${formatSize(usableBytes)} usable`),
    ...space.map(({ what, bytes }) => row('', `${formatSize(bytes).padStart(10)}  ${what}`)),
  ]
}

function diskLines(plan: Plan, hardware: Hardware | null): readonly string[] {
  const { storage } = plan
  return diskChanges(plan, hardware).flatMap((change, index) => {
    const disk = storage.disks[index]
    const facts = [change.model, formatSize(change.sizeBytes)].filter((fact) => fact !== null)
    const use = change.role === 'system' ? '' : ` (${change.role})`
    return [
      row('erase', `${change.id}, ${facts.join(', ')}${use}`),
      ...(change.before.length > 0 ? barLines('before', change.before) : []),
      ...barLines('after', change.after),
      ...(disk ? partitionsOf(disk, storage) : []).map(({ name, sizeBytes }) =>
        row(
          '',
          `${name.padEnd(5)} ${formatSize(sizeBytes).padStart(10)}  ${disk ? purposeOf(name, disk, storage) : ''}`,
        ),
      ),
    ]
  })
}

function barLines(when: string, segments: readonly Segment[]): readonly string[] {
  const { bar, drawn } = diskBar(segments, BAR_WIDTH, ASCII_STYLE)
  const legend = drawn.map(({ sign, name, sizeBytes }) => `${sign} ${name} ${formatSize(sizeBytes)}`).join(', ')
  return [row('', `${when.padEnd(6)} ${bar}`), row('', `       ${legend}`)]
}

function poolLines(
  pool: string,
  vdevs: readonly PlannedVdev[],
  datasets: Plan['storage']['datasets'],
): readonly string[] {
  return [
    row('pool', pool),
    ...vdevs.map(({ kind, mode, disks }) =>
      row('', `${kind.padEnd(8)} ${mode === '' ? '' : `${mode} of `}${disks.join(' ')}`),
    ),
    ...datasets.map(({ name, mountpoint }) => row('', `${mountpoint.padEnd(20)} ${name}`)),
  ]
}

function row(label: string, text: string): string {
  return `${label.padEnd(8)} ${text}`.trimEnd()
}
