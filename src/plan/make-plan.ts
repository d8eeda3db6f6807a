import type { Answers } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { Bug } from '../system/errors.ts'
import { checkAnswers } from './check-answers.ts'
import { planStorage } from './disk-layout.ts'
import { hashOf } from './hash.ts'

/** The NixOS release that is installed, for good: it tells later releases which data formats to expect. */
export const STATE_VERSION = '26.05'

export type PlanResult =
  | { readonly plan: Plan; readonly problems: readonly [] }
  | { readonly plan: null; readonly problems: readonly Problem[] }

/** Answers and hardware to a plan, or to every problem in the way. Pure: no clock, no chance, no machine. */
export function makePlan(answers: Answers, hardware: Hardware): PlanResult {
  const problems = checkAnswers(answers, hardware)
  if (problems.length > 0) return { plan: null, problems }
  const storage = planStorage(answers.disk, hardware.disks)
  if (!storage) throw new Bug('the disk step passed answers that give no storage')
  const { hostName, userName, sshKeys } = answers.identity
  // Field by field, not by spread: nothing gets into the plan, and so into its hash, that was not meant to.
  const content: Omit<Plan, 'hash'> = {
    version: 1,
    hostName,
    hostId: hostIdOf(hostName, answers.disk.devices),
    storage,
    tpmUnlock: answers.encryption.tpmUnlock,
    recoveryKey: answers.encryption.recoveryKey,
    network: {
      interface: answers.network.interface,
      mode: answers.network.mode,
      address: answers.network.address,
      gateway: answers.network.gateway,
      nameservers: [...answers.network.nameservers],
    },
    userName,
    sshKeys: [...sshKeys],
    cluster: { name: answers.cluster.name, role: answers.cluster.role },
    stateVersion: STATE_VERSION,
  }
  return { plan: { ...content, hash: hashOf(content) }, problems: [] }
}

/** 8 hex digits for networking.hostId, which ZFS stores in the pool: the same machine, installed again, gets the same. */
function hostIdOf(hostName: string, devices: readonly string[]): string {
  const id = hashOf({ hostName, devices: [...devices].sort() }).slice(0, 8)
  // Zero means "no host id" to ZFS.
  return id === '00000000' ? '00000001' : id
}
