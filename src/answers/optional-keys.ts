import type { StepId } from '../model/answers.ts'
import { DEFAULT_CLUSTER_NAME } from '../steps/cluster/cluster.ts'
import { DEFAULT_SWAP } from '../steps/disk/swap.ts'
import { ANY_INTERFACE } from '../steps/network/network.ts'
import type { Drafts } from '../steps/step.ts'

/** What an answer file may leave out, with what stands in for it. Only what can be said without knowing the machine:
 *  `tpmUnlock` is missing here on purpose, a file decides it in so many words. */
export const OPTIONAL_KEYS: { readonly [Id in StepId]: Readonly<Partial<Drafts[Id]>> } = {
  disk: { swap: DEFAULT_SWAP },
  encryption: { recoveryKey: true },
  network: { interface: ANY_INTERFACE, mode: 'dhcp', address: '', gateway: '', nameservers: [] },
  identity: { sshKeys: [] },
  cluster: { name: DEFAULT_CLUSTER_NAME, role: 'primer' },
}

/** Sections of which every key is optional. */
export const OPTIONAL_SECTIONS: ReadonlySet<StepId> = new Set(['network', 'cluster'])

/** Secrets may stand in a file of their own: key of the secret -> key that names the file. */
export const SECRET_KEYS: Readonly<Partial<Record<StepId, { readonly key: string; readonly fileKey: string }>>> = {
  encryption: { key: 'passphrase', fileKey: 'passphraseFile' },
  identity: { key: 'password', fileKey: 'passwordFile' },
}
