import type { StepId } from '../model/answers.ts'
import { DEFAULT_CLUSTER_NAME } from '../steps/cluster/cluster.ts'
import { OPTIONAL_DISK_KEYS } from '../steps/disk/disk.ts'
import { NOTHING_SPECIAL } from '../steps/network/network.ts'
import type { Drafts } from '../steps/step.ts'
import { DEFAULT_KEYBOARD } from '../steps/system/keyboards.ts'
import { DEFAULT_LANGUAGE } from '../steps/system/languages.ts'
import { DEFAULT_TIME_ZONE } from '../steps/system/time-zones.ts'

/** What an answer file may leave out, with what stands in for it. Only what can be said without knowing the machine:
 *  `unlock` is missing here on purpose, a file decides in so many words how its disks are opened. Secrets are here because
 *  not every file needs each of them; which ones it needs, the schemas know. */
export const OPTIONAL_KEYS: { readonly [Id in StepId]: Readonly<Partial<Drafts[Id]>> } = {
  system: { language: DEFAULT_LANGUAGE, keyboard: DEFAULT_KEYBOARD, timeZone: DEFAULT_TIME_ZONE },
  disk: {
    ...OPTIONAL_DISK_KEYS,
    // Each reader gets lists of its own.
    ...{ spares: [], log: [], cache: [], special: [], dataDevices: [] },
  },
  encryption: { passphrase: '', pin: '', recoveryKey: true },
  network: NOTHING_SPECIAL,
  identity: { password: '', passwordHash: '', sshKeys: [] },
  cluster: {
    name: DEFAULT_CLUSTER_NAME,
    role: 'primer',
    domain: '',
    meshUrl: '',
    server: '',
    token: '',
    caHash: '',
  },
}

/** Sections of which every key is optional. */
export const OPTIONAL_SECTIONS: ReadonlySet<StepId> = new Set(['system', 'network', 'cluster'])
