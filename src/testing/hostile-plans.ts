import fc from 'fast-check'
import { LAYOUTS } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import { makePlan } from '../plan/make-plan.ts'
import { steps } from '../steps/order.ts'
import { parseStep } from '../steps/parse-step.ts'
import type { Drafts } from '../steps/step.ts'
import * as drafts from './hostile-drafts.ts'
import { sample } from './hostile-values.ts'
import { hardware } from './machine.ts'

export const machine = hardware('two-virtio-uefi-tpm')

export const SOUND: Drafts = {
  disk: { layout: 'single-zfs', devices: ['/dev/disk/by-id/virtio-keystone-a'], swap: '512MiB' },
  encryption: { passphrase: 'correct horse battery', tpmUnlock: true, recoveryKey: true },
  network: {
    interface: 'enp0s2',
    mode: 'static',
    address: '10.0.0.2/24',
    gateway: '10.0.0.1',
    nameservers: ['9.9.9.9'],
  },
  identity: { hostName: 'primer', userName: 'admin', password: 'correct horse', sshKeys: [] },
  cluster: { name: 'home', role: 'primer' },
}

/** A step's sound draft with another value in one field. */
export function draftWith(step: keyof Drafts, field: string, value: unknown): object {
  return { ...SOUND[step], [field]: value }
}

/** What the step makes of the values it takes; the others are refused, as the tests above say. */
function taken(
  step: keyof Drafts,
  field: string,
  values: fc.Arbitrary<string>,
  count: number,
  isList = false,
): string[] {
  const all = [...new Set(sample(values, count))]
  if (!isList) return all.filter((value) => 'value' in parseStep(steps[step], draftWith(step, field, value)))
  // All at once: each refusal says which of them it means.
  const result = parseStep(steps[step], draftWith(step, field, all))
  const refused = new Set('problems' in result ? result.problems.map(({ path }) => path[2]) : [])
  return all.filter((_, index) => !refused.has(index))
}

/** Plans whose every free value was generated, through the schemas and makePlan. */
export function hostilePlans(count: number, keysEach: number): readonly Plan[] {
  const at = (values: readonly string[], index: number) => values[index % values.length] ?? ''
  const pool = {
    hostName: taken('identity', 'hostName', drafts.hostNames, 300),
    userName: taken('identity', 'userName', drafts.userNames, 300),
    sshKey: taken('identity', 'sshKeys', drafts.sshKeys, Math.ceil(count * keysEach * 1.8), true),
    interface: taken('network', 'interface', drafts.interfaces, 300),
    nameserver: taken('network', 'nameservers', drafts.nameservers, 900, true),
    cluster: taken('cluster', 'name', drafts.clusterNames, 300),
    device: taken('disk', 'devices', drafts.devices, 600, true),
  }
  if (pool.sshKey.length < count * keysEach) throw new Error('too few of the generated keys are sound')
  const addresses = sample(fc.tuple(drafts.addresses, drafts.gateways), 3000).filter(([address, gateway]) => {
    return 'value' in parseStep(steps.network, { ...SOUND.network, address, gateway })
  })
  if (addresses.length < 20) throw new Error('too few of the generated addresses are sound')
  return Array.from({ length: count }, (_, index) => {
    const layout = LAYOUTS[index % LAYOUTS.length] ?? 'single-zfs'
    const ids = [at(pool.device, 2 * index), at(pool.device, 2 * index + 1)]
    const [address, gateway] = addresses[index % addresses.length] ?? ['', '']
    const name = at(pool.interface, index)
    const isStatic = index % 4 !== 0 && name !== 'any'
    const draft: Drafts = {
      ...SOUND,
      disk: { layout, devices: layout === 'mirror-zfs' ? ids : ids.slice(0, 1), swap: '512MiB' },
      network: {
        interface: name,
        mode: isStatic ? 'static' : 'dhcp',
        address,
        gateway,
        nameservers: Array.from({ length: index % 5 }, (_, more) => at(pool.nameserver, index * 5 + more)),
      },
      identity: {
        ...SOUND.identity,
        hostName: at(pool.hostName, index),
        userName: at(pool.userName, index),
        sshKeys: pool.sshKey.slice(index * keysEach, (index + 1) * keysEach),
      },
      cluster: { name: at(pool.cluster, index), role: 'primer' },
    }
    return planOf(draft, withNames(machine, ids, name))
  })
}

function withNames(base: Hardware, ids: readonly string[], interfaceName: string): Hardware {
  const [medium, ...targets] = base.disks
  const disks = targets.map((disk, index) => ({ ...disk, id: ids[index] ?? disk.id }))
  const interfaces = base.interfaces.map((each) => ({ ...each, name: interfaceName }))
  return { ...base, disks: medium ? [medium, ...disks] : disks, interfaces }
}

/** Through the schemas and makePlan; throws when something is refused. */
export function planOf(draft: Drafts, on: Hardware): Plan {
  const read = <Id extends keyof Drafts>(id: Id) => {
    const result = parseStep(steps[id], draft[id])
    if ('problems' in result) throw new Error(JSON.stringify([draft[id], result.problems]))
    return result.value
  }
  const { plan, problems } = makePlan(
    {
      disk: read('disk'),
      encryption: read('encryption'),
      network: read('network'),
      identity: read('identity'),
      cluster: read('cluster'),
    },
    on,
  )
  if (plan === null) throw new Error(JSON.stringify(problems))
  return plan
}
