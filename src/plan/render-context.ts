import { JOIN_TOKEN_FILE, PASSWORD_HASH_FILE, WIFI_SECRETS_FILE } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import type { ClusterContext, NetworkContext, RenderContext } from '../render/context.ts'
import { ANY_INTERFACE } from '../steps/network/network.ts'
import { storageContext } from './storage-context.ts'

/** Everything the templates may read, from the plan alone. Where a layout has no such thing the value is empty, never
 *  missing: Handlebars runs strict. */
export function renderContext(plan: Plan): RenderContext {
  const { hostName, unlock, system } = plan
  return {
    ...storageContext(plan.storage),
    hostName,
    hostFiles: {
      configuration: `hosts/${hostName}/configuration.nix`,
      disko: `hosts/${hostName}/disko-config.nix`,
      hardware: `hosts/${hostName}/hardware-configuration.nix`,
    },
    hostId: plan.hostId,
    stateVersion: plan.stateVersion,
    hasTpmUnlock: unlock === 'tpm' || unlock === 'tpm-pin',
    hasTpmPin: unlock === 'tpm-pin',
    hasRecoveryKey: plan.recoveryKey,
    system: { language: system.language, keyboard: system.keyboard, timeZone: system.timeZone },
    network: networkContext(plan.network),
    userName: plan.userName,
    passwordHashFile: PASSWORD_HASH_FILE,
    sshKeys: plan.sshKeys,
    cluster: clusterContext(plan.cluster),
  }
}

function networkContext(network: Plan['network']): NetworkContext {
  return {
    interface: network.interface,
    isNamed: network.interface !== ANY_INTERFACE,
    isStatic: network.mode === 'static',
    hasBond: network.bond !== null,
    bond: { interfaces: network.bond?.interfaces ?? [], mode: network.bond?.mode ?? '' },
    vlan: network.vlan ?? 0,
    address: network.address ?? '',
    gateway: network.gateway ?? '',
    address6: network.address6 ?? '',
    gateway6: network.gateway6 ?? '',
    nameservers: network.nameservers,
    searchDomains: network.searchDomains,
    proxy: network.proxy ?? '',
    hasWifi: network.wifi !== null,
    wifi: { ssid: network.wifi?.ssid ?? '', secretsFile: WIFI_SECRETS_FILE },
  }
}

function clusterContext({ name, role, domain, meshUrl, join }: Plan['cluster']): ClusterContext {
  return {
    name,
    role,
    domain: domain ?? '',
    meshUrl: meshUrl ?? '',
    hasJoin: join !== null,
    join: { server: join?.server ?? '', caHash: join?.caHash ?? '', tokenFile: JOIN_TOKEN_FILE },
  }
}
