import type { Plan } from '../model/plan.ts'
import { formatSize } from '../model/size.ts'
import { partitionPreview } from '../plan/preview.ts'

/** The plan for a person: which disks are erased, and what comes on them. */
export function formatPlan(plan: Plan): string {
  const { disks, pool } = partitionPreview(plan)
  const { network } = plan
  const unlock = [plan.tpmUnlock ? 'TPM' : '', 'passphrase', plan.recoveryKey ? 'recovery key' : '']
  return [
    row('plan', plan.hash),
    row('host', `${plan.hostName}, user ${plan.userName}, ${plan.sshKeys.length} SSH keys`),
    row('cluster', `${plan.cluster.name}, ${plan.cluster.role}`),
    row('network', `${network.interface}, ${network.mode === 'dhcp' ? 'DHCP' : network.address}`),
    row('unlock', unlock.filter((way) => way !== '').join(', ')),
    ...disks.flatMap((disk) => [
      row(
        'erase',
        `${disk.id}, ${[disk.model, formatSize(disk.sizeBytes)].filter((fact) => fact !== null).join(', ')}`,
      ),
      ...disk.partitions.map(({ name, sizeBytes, purpose }) =>
        row('', `${name.padEnd(5)} ${formatSize(sizeBytes).padStart(10)}  ${purpose}`),
      ),
    ]),
    ...(pool === null
      ? []
      : [
          row('pool', `${pool.name}${pool.isMirror ? ', mirror' : ''}, ${formatSize(pool.usableBytes)} usable`),
          ...pool.datasets.map(({ name, mountpoint }) => row('', `${mountpoint.padEnd(20)} ${name}`)),
        ]),
  ]
    .join('\n')
    .concat('\n')
}

function row(label: string, text: string): string {
  return `${label.padEnd(8)} ${text}`
}
