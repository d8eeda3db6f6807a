import type * as z from 'zod'
import type { Answers, StepId } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'

/** What a page of the wizard holds while it is edited, and what the answer file holds under the step's key: the input of
 *  the step's schema. Secrets are plain text only in here; the schema wraps them. */
export type Drafts = {
  disk: { layout: string; devices: string[]; swap: string }
  encryption: { passphrase: string; tpmUnlock: boolean; recoveryKey: boolean }
  network: { interface: string; mode: string; address: string; gateway: string; nameservers: string[] }
  identity: { hostName: string; userName: string; password: string; sshKeys: string[] }
  cluster: { name: string; role: string }
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
