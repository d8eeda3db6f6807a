import type { StepId } from '../model/answers.ts'
import { clusterStep } from './cluster/cluster.ts'
import { diskStep } from './disk/disk.ts'
import { encryptionStep } from './encryption/encryption.ts'
import { identityStep } from './identity/identity.ts'
import { networkStep } from './network/network.ts'
import type { Step } from './step.ts'
import { systemStep } from './system/system.ts'

export const steps: { readonly [Id in StepId]: Step<Id> } = {
  system: systemStep,
  disk: diskStep,
  encryption: encryptionStep,
  network: networkStep,
  identity: identityStep,
  cluster: clusterStep,
}

/** The pages in the order of the wizard, and of the sections in an answer file we write. */
export const stepOrder: readonly StepId[] = ['system', 'disk', 'encryption', 'network', 'identity', 'cluster']
