import { CREDSTORE_DIRECTORY, PASSPHRASE_FILE, PASSWORD_HASH_FILE, POOL_KEY_FILE } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import { MIB } from '../model/size.ts'
import type { RenderContext } from '../render/context.ts'
import { ANY_INTERFACE } from '../steps/network/network.ts'

/** Everything the templates may read, from the plan alone. Where a layout has no such thing the value is empty, never
 *  missing: Handlebars runs strict. */
export function renderContext(plan: Plan): RenderContext {
  const { storage, network } = plan
  const pool = storage.pool ?? ''
  const isMirror = storage.layout === 'mirror-zfs'
  return {
    hostName: plan.hostName,
    hostFiles: {
      configuration: `hosts/${plan.hostName}/configuration.nix`,
      disko: `hosts/${plan.hostName}/disko-config.nix`,
      hardware: `hosts/${plan.hostName}/hardware-configuration.nix`,
    },
    hostId: plan.hostId,
    stateVersion: plan.stateVersion,
    isZfs: storage.pool !== null,
    isMirror,
    hasSwap: storage.swapBytes > 0,
    hasTpmUnlock: plan.tpmUnlock,
    hasRecoveryKey: plan.recoveryKey,
    espSize: diskoSize(storage.espBytes),
    swapSize: diskoSize(storage.swapBytes),
    disks: storage.disks.map(({ key, id, espMountpoint }) => ({ key, device: id, espMountpoint })),
    pool,
    encryptionRoot: storage.pool === null ? '' : `${pool}/crypt`,
    poolMode: isMirror ? 'mirror' : '',
    datasets: storage.datasets.map(({ name, mountpoint }) => ({ name: name.slice(pool.length + 1), mountpoint })),
    luksName: storage.luksName,
    luksDevice: storage.luksDevice,
    passphraseFile: PASSPHRASE_FILE,
    credstoreDirectory: CREDSTORE_DIRECTORY,
    poolKeyFile: POOL_KEY_FILE,
    network: {
      interface: network.interface,
      isNamed: network.interface !== ANY_INTERFACE,
      isStatic: network.mode === 'static',
      address: network.address ?? '',
      gateway: network.gateway ?? '',
      hasGateway: network.gateway !== null,
      nameservers: network.nameservers,
    },
    userName: plan.userName,
    passwordHashFile: PASSWORD_HASH_FILE,
    sshKeys: plan.sshKeys,
    clusterName: plan.cluster.name,
    clusterRole: plan.cluster.role,
  }
}

/** disko takes `[0-9]+[KMGTP]`; all our sizes are whole MiB. */
function diskoSize(bytes: number): string {
  return `${Math.round(bytes / MIB)}M`
}
