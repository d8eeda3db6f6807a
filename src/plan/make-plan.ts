import type { Answers, NetworkAnswers } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { Bug } from '../system/errors.ts'
import { checkAnswers } from './check-answers.ts'
import { hashOf } from './hash.ts'
import { planStorage } from './storage.ts'

/** The NixOS release that is installed, for good: it tells later releases which data formats to expect. */
export const STATE_VERSION = '26.05'

export type PlanResult =
  | { readonly plan: Plan; readonly problems: readonly [] }
  | { readonly plan: null; readonly problems: readonly Problem[] }

/** Answers and hardware to a plan, or to every problem in the way. Pure: no clock, no chance, no machine. */
export function makePlan(answers: Answers, hardware: Hardware): PlanResult {
  const problems = checkAnswers(answers, hardware)
  if (problems.length > 0) return { plan: null, problems }
  const { system, disk, encryption, network, identity, cluster } = answers
  const storage = planStorage(disk, encryption.unlock, hardware.disks)
  if (!storage) throw new Bug('the disk step passed answers that give no storage')
  // Field by field, not by spread: nothing gets into the plan, and so into its hash, that was not meant to.
  const content: Omit<Plan, 'hash'> = {
    version: 2,
    hostName: identity.hostName,
    hostId: hostIdOf(identity.hostName, disk.devices),
    storage,
    unlock: encryption.unlock,
    recoveryKey: encryption.recoveryKey,
    system: { language: system.language, keyboard: system.keyboard, timeZone: system.timeZone },
    network: planNetwork(network),
    userName: identity.userName,
    sshKeys: [...identity.sshKeys],
    cluster: {
      name: cluster.name,
      role: cluster.role,
      domain: cluster.domain,
      meshUrl: cluster.meshUrl,
      join: cluster.join && { server: cluster.join.server, caHash: cluster.join.caHash },
    },
    stateVersion: STATE_VERSION,
  }
  return { plan: { ...content, hash: hashOf(content) }, problems: [] }
}

function planNetwork(network: NetworkAnswers): Plan['network'] {
  const { bond, wifi } = network
  return {
    interface: network.interface,
    bond: bond && { interfaces: [...bond.interfaces], mode: bond.mode },
    vlan: network.vlan,
    mode: network.mode,
    address: network.address,
    gateway: network.gateway,
    address6: network.address6,
    gateway6: network.gateway6,
    nameservers: [...network.nameservers],
    searchDomains: [...network.searchDomains],
    proxy: network.proxy,
    wifi: wifi && { ssid: wifi.ssid },
  }
}

/** 8 hex digits for networking.hostId, which ZFS stores in the pool: the same machine, installed again, gets the same. */
function hostIdOf(hostName: string, devices: readonly string[]): string {
  const id = hashOf({ hostName, devices: [...devices].sort() }).slice(0, 8)
  // Zero means "no host id" to ZFS.
  return id === '00000000' ? '00000001' : id
}
