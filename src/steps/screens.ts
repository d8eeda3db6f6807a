import type { StepId } from '../model/answers.ts'
import type { StepScreen } from '../ui/step-screen.ts'
import { clusterScreen } from './cluster/cluster-screen.tsx'
import { diskScreen } from './disk/disk-screen.tsx'
import { encryptionScreen } from './encryption/encryption-screen.tsx'
import { identityScreen } from './identity/identity-screen.tsx'
import { networkScreen } from './network/network-screen.tsx'
import { systemScreen } from './system/system-screen.tsx'

export const screens: { readonly [Id in StepId]: StepScreen<Id> } = {
  system: systemScreen,
  disk: diskScreen,
  encryption: encryptionScreen,
  network: networkScreen,
  identity: identityScreen,
  cluster: clusterScreen,
}
