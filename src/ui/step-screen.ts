import type { StepId } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'
import type { Drafts } from '../steps/step.ts'
import type { Row } from './rows.ts'
import type { Strength } from './strength.ts'

/** What a page remembers besides its draft: whether a secret is shown, a key that is being typed. */
export type PageMemory = {
  text(name: string): string | undefined
  isOn(name: string): boolean
  set(name: string, value: string | boolean): void
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
  readonly memory: PageMemory
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
