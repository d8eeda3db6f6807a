import type { Strength } from '../credentials/secret-strength.ts'
import type { StepId } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { LookResult } from '../model/look.ts'
import type { Problem } from '../model/problem.ts'
import type { Drafts } from '../steps/step.ts'
import type { Row } from './rows.ts'
import type { PageServices } from './services.ts'

/** What a page remembers besides its draft: whether a secret is shown, a key that is being typed. */
export type PageMemory = {
  text(name: string): string | undefined
  isOn(name: string): boolean
  set(name: string, value: string | boolean): void
}

/** A look that was started: `about` is what it looked at, so that a page can tell when that has changed since. */
export type Look = { readonly about: string /** Null while it runs. */; readonly result: LookResult | null }

/** Looks at the world outside that a page starts, by the page's own names for them. Kept while the wizard runs. */
export type PageLooks = {
  get(name: string): Look | null
  /** Takes the place of a look of the same name; a late result of that one is dropped. */
  start(name: string, about: string, work: (services: PageServices) => Promise<LookResult>): void
  forget(name: string): void
}

export type StepScreenProps<Id extends StepId> = {
  readonly draft: Drafts[Id]
  readonly hardware: Hardware
  readonly problems: readonly Problem[]
  /** Replaces the draft, at once: the next key sees it. */
  onChange(draft: Drafts[Id]): void
  /** The second entry of the page's secret. */
  readonly repeat: string
  onRepeat(text: string): void
  /** Of the encryption page's PIN. */
  readonly pinRepeat: string
  onPinRepeat(text: string): void
  readonly memory: PageMemory
  readonly looks: PageLooks
  /** As the identity page has it now: the name this machine will join a cluster by. */
  readonly hostName: string
  /** As the network page has it now; null for none, and for one that is not sound. */
  readonly proxy: string | null
  /** Of the page's secret; null while it is not known yet. */
  readonly strength: Strength | null
  /** Columns. */
  readonly width: number
}

/** Draws one step, as rows. The form around it does the focus, the keys, the scrolling and the buttons. */
export type StepScreen<Id extends StepId> = (props: StepScreenProps<Id>) => readonly Row[]

/** The problems at or below a place of the draft: `problemsAt(problems, 'disk', 'devices')`. */
export function problemsAt(problems: readonly Problem[], ...path: readonly (string | number)[]): readonly Problem[] {
  return problems.filter((problem) => path.every((part, index) => problem.path[index] === part))
}
