import fc from 'fast-check'
import { LAYOUTS, type Layout, UNLOCKS } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import { GIB } from '../model/size.ts'
import { SHAPE_RULES, shapeOf } from '../plan/layouts.ts'
import { makePlan } from '../plan/make-plan.ts'
import { steps } from '../steps/order.ts'
import { parseStep } from '../steps/parse-step.ts'
import type { Drafts } from '../steps/step.ts'
import * as drafts from './hostile-drafts.ts'
import { sample } from './hostile-values.ts'
import { hardware } from './machine.ts'

const DISKS = 12

/** The recorded machine with more disks of the same kind. */
export const machine: Hardware = (() => {
  const base = hardware('two-virtio-uefi-tpm')
  const one = base.disks.find(({ id }) => id === '/dev/disk/by-id/virtio-keystone-a')
  if (!one) throw new Error('the recorded machine has another disk now')
  const more = Array.from({ length: DISKS }, (_, index) => {
    const letter = String.fromCharCode(97 + index)
    const id = `/dev/disk/by-id/virtio-keystone-${letter}`
    return {
      ...one,
      id,
      name: `vd${letter}z`,
      path: `/dev/vd${letter}z`,
      serial: `keystone-${letter}`,
      sizeBytes: 40 * GIB,
    }
  })
  return { ...base, disks: [...base.disks.filter(({ isBootMedium }) => isBootMedium), ...more] }
})()

export const SOUND: Drafts = {
  system: { language: 'en_US.UTF-8', keyboard: 'us', timeZone: 'UTC' },
  disk: {
    layout: 'single-zfs',
    devices: ['/dev/disk/by-id/virtio-keystone-a'],
    esp: '1GiB',
    swap: '512MiB',
    hibernation: false,
    spares: [],
    log: [],
    cache: [],
    special: [],
    dataLayout: 'none',
    dataDevices: [],
  },
  encryption: { unlock: 'tpm-pin', passphrase: 'correct horse battery', pin: '739105', recoveryKey: true },
  network: {
    interface: 'enp0s2',
    bondInterfaces: [],
    bondMode: 'active-backup',
    vlan: '',
    mode: 'static',
    address: '10.0.0.2/24',
    gateway: '10.0.0.1',
    address6: '',
    gateway6: '',
    nameservers: ['9.9.9.9'],
    searchDomains: [],
    proxy: '',
    wifiName: '',
    wifiPassphrase: '',
  },
  identity: { hostName: 'primer', userName: 'admin', password: 'correct horse', passwordHash: '', sshKeys: [] },
  cluster: {
    name: 'home',
    role: 'worker',
    domain: '',
    meshUrl: '',
    server: 'https://primer.home:6443',
    token: 'abcdef.0123456789abcdef',
    caHash: `sha256:${'0'.repeat(64)}`,
  },
}

/** A step's sound draft with another value in one field. */
export function draftWith(step: keyof Drafts, field: string, value: unknown): object {
  // A page keeps these fields while another interface is chosen, and only then they are not judged.
  const around = /^bond/.test(field) ? { interface: 'bond0', bondInterfaces: ['enp1s0'] } : {}
  return { ...SOUND[step], ...around, [field]: value }
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
    // Two thirds are sound; of a few it may be fewer by chance.
    sshKey: taken('identity', 'sshKeys', drafts.sshKeys, 60 + Math.ceil(count * keysEach * 1.8), true),
    interface: taken('network', 'interface', drafts.interfaces, 300),
    nameserver: taken('network', 'nameservers', drafts.nameservers, 900, true),
    searchDomain: taken('network', 'searchDomains', drafts.searchDomains, 300, true),
    proxy: taken('network', 'proxy', drafts.proxies, 200),
    vlan: taken('network', 'vlan', drafts.vlans, 200),
    wifiName: sample(drafts.wifiNames, 300).filter((wifiName) => {
      return 'value' in parseStep(steps.network, { ...SOUND.network, wifiName, wifiPassphrase: 'air and ether' })
    }),
    cluster: taken('cluster', 'name', drafts.clusterNames, 300),
    domain: taken('cluster', 'domain', drafts.domains, 200),
    meshUrl: taken('cluster', 'meshUrl', drafts.httpsAddresses, 200),
    server: taken('cluster', 'server', drafts.httpsAddresses, 200),
    caHash: taken('cluster', 'caHash', drafts.caHashes, 100),
    device: taken('disk', 'devices', drafts.devices, 600, true),
  }
  if (pool.sshKey.length < count * keysEach) throw new Error('too few of the generated keys are sound')
  const addresses = sample(fc.tuple(drafts.addresses, drafts.gateways), 3000).filter(([address, gateway]) => {
    return 'value' in parseStep(steps.network, { ...SOUND.network, address, gateway })
  })
  if (addresses.length < 20) throw new Error('too few of the generated addresses are sound')
  return Array.from({ length: count }, (_, index) => {
    const ids = Array.from({ length: DISKS }, (_, more) => at(pool.device, DISKS * index + more))
    const [address, gateway] = addresses[index % addresses.length] ?? ['', '']
    const name = at(pool.interface, index)
    const hasBond = index % 5 === 4
    const hasWifi = index % 5 === 3 && name !== 'any'
    const isStatic = index % 4 !== 0 && (name !== 'any' || hasBond)
    const unlock = UNLOCKS[index % UNLOCKS.length] ?? 'passphrase'
    const draft: Drafts = {
      system: SOUND.system,
      disk: diskDraft(index, ids),
      encryption: {
        unlock,
        passphrase: unlock === 'none' ? '' : SOUND.encryption.passphrase,
        pin: unlock === 'tpm-pin' ? SOUND.encryption.pin : '',
        recoveryKey: unlock !== 'none',
      },
      network: {
        ...SOUND.network,
        interface: hasBond ? 'bond0' : name,
        bondInterfaces: hasBond ? ['enp1s0', 'enp2s0'] : [],
        vlan: index % 3 === 0 && !hasWifi && (hasBond || name !== 'any') ? at(pool.vlan, index) : '',
        mode: isStatic ? 'static' : 'dhcp',
        address,
        gateway,
        nameservers: Array.from({ length: 1 + (index % 4) }, (_, more) => at(pool.nameserver, index * 5 + more)),
        searchDomains: Array.from({ length: index % 3 }, (_, more) => at(pool.searchDomain, index * 3 + more)),
        proxy: index % 2 === 0 ? at(pool.proxy, index) : '',
        wifiName: hasWifi ? at(pool.wifiName, index) : '',
        wifiPassphrase: hasWifi ? 'air and ether' : '',
      },
      identity: {
        ...SOUND.identity,
        hostName: at(pool.hostName, index),
        userName: at(pool.userName, index),
        sshKeys: pool.sshKey.slice(index * keysEach, (index + 1) * keysEach),
      },
      cluster: {
        ...SOUND.cluster,
        name: at(pool.cluster, index),
        role: ['primer', 'joining-primer', 'worker', 'storage'][index % 4] ?? 'primer',
        domain: index % 3 === 0 ? '' : at(pool.domain, index),
        meshUrl: index % 3 === 1 ? '' : at(pool.meshUrl, index),
        server: at(pool.server, index),
        caHash: at(pool.caHash, index),
      },
    }
    if (!isStatic) Object.assign(draft.network, { address: '', gateway: '', nameservers: [] })
    return planOf(draft, withNames(machine, ids, name, hasWifi))
  })
}

/** Each layout in turn, with what can be added to it. */
function diskDraft(index: number, ids: readonly string[]): Drafts['disk'] {
  const layout: Layout = LAYOUTS[index % LAYOUTS.length] ?? 'single-zfs'
  const count = SHAPE_RULES[shapeOf(layout)].least
  const others = ids.slice(count)
  const isRedundant = count > 1 && layout !== 'stripe-zfs'
  const hasMore = index % 2 === 1
  return {
    ...SOUND.disk,
    layout,
    devices: ids.slice(0, count),
    spares: isRedundant && hasMore ? others.slice(0, 1) : [],
    log: isRedundant && hasMore ? others.slice(1, 3) : [],
    cache: isRedundant && hasMore ? others.slice(3, 4) : [],
    special: isRedundant && hasMore ? others.slice(4, 6) : [],
    dataLayout: hasMore ? 'none' : 'mirror',
    dataDevices: hasMore ? [] : others.slice(0, 2),
  }
}

function withNames(base: Hardware, ids: readonly string[], interfaceName: string, isWireless: boolean): Hardware {
  let next = 0
  const disks = base.disks.map((disk) => (disk.isBootMedium === true ? disk : { ...disk, id: ids[next++] ?? disk.id }))
  const [one] = base.interfaces
  if (!one) throw new Error('the recorded machine has no interface')
  const interfaces = [
    { ...one, name: interfaceName, isWireless },
    ...['enp1s0', 'enp2s0'].map((name) => ({ ...one, name, isWireless: false })),
  ]
  return { ...base, disks, interfaces }
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
      system: read('system'),
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
