import type * as z from 'zod'
import type { Answers, StepId } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'

/** What a page of the wizard holds while it is edited, and what the answer file holds under the step's key: the input of
 *  the step's schema. Secrets are plain text only in here; the schema wraps them. */
export type Drafts = {
  system: { language: string; keyboard: string; timeZone: string }
  disk: {
    layout: string
    devices: string[]
    esp: string
    swap: string
    hibernation: boolean
    spares: string[]
    log: string[]
    cache: string[]
    special: string[]
    /** `none` for no second pool. */
    dataLayout: string
    dataDevices: string[]
  }
  encryption: { unlock: string; passphrase: string; pin: string; recoveryKey: boolean }
  network: {
    interface: string
    bondInterfaces: string[]
    bondMode: string
    /** Digits, or empty. */
    vlan: string
    mode: string
    address: string
    gateway: string
    address6: string
    gateway6: string
    nameservers: string[]
    searchDomains: string[]
    proxy: string
    wifiName: string
    wifiPassphrase: string
  }
  /** `passwordHash` comes from answer files only; it is empty on the page. */
  identity: { hostName: string; userName: string; password: string; passwordHash: string; sshKeys: string[] }
  cluster: {
    name: string
    role: string
    domain: string
    meshUrl: string
    server: string
    token: string
    caHash: string
  }
}

export type SummaryLine = { readonly label: string; readonly value: string }

/** One page of the wizard, without React and without I/O. */
export type Step<Id extends StepId> = {
  readonly id: Id
  /** As the progress line shows it: `Disk`. */
  readonly title: string
  /** The help page: paragraphs in plain words. */
  readonly help: readonly string[]
  /** The one validator, for the wizard and the answer file. Unknown keys are errors. Issues of zod become Problems by
   *  `parseStep` (steps/parse-step.ts). */
  readonly schema: z.ZodType<Answers[Id]>
  /** What the page starts with on this machine. */
  defaults(hardware: Hardware): Drafts[Id]
  /** What only the machine can tell (no such disk, too small, boot medium). Paths start with the step's id. */
  check(value: Answers[Id], hardware: Hardware): readonly Problem[]
  /** For the review page. Never a secret. */
  summary(value: Answers[Id], hardware: Hardware): readonly SummaryLine[]
}
