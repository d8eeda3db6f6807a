import type { Problem } from '../model/problem.ts'

export type Tone = 'plain' | 'dim' | 'strong' | 'good' | 'warning' | 'problem'

type FieldBase = {
  /** Unique on its page, stable while the page lives. */
  readonly id: string
  readonly label: string
  /** Shown right below it; a page's problems that no field shows stand at its top. */
  readonly problems?: readonly Problem[]
}

export type TextField = FieldBase & {
  readonly kind: 'text'
  readonly value: string
  /** Drawn as dots. */
  readonly isHidden?: boolean
  /** A few words after the box: `0 for none`. */
  readonly hint?: string
  onChange(value: string): void
  /** Several lines pasted at once; without it line ends are dropped. */
  onPasteLines?(lines: readonly string[]): void
  /** For a box that adds to a list: takes over what was typed. Enter does it, and Next does it for text left in the box.
   *  Gives false when the text was refused and stays. */
  commit?(): boolean
}

export type ChoiceField = FieldBase & {
  readonly kind: 'choice'
  /** Of the choices of one group one is chosen. */
  readonly group: string
  readonly isChosen: boolean
  readonly detail?: string
  /** Why it cannot be chosen. */
  readonly blockedBecause?: string
  onChoose(): void
}

export type CheckField = FieldBase & {
  readonly kind: 'check'
  /** Checks that belong together: Tab and Enter pass over the rest of them. */
  readonly group?: string
  readonly isChecked: boolean
  readonly detail?: string
  readonly blockedBecause?: string
  onToggle(): void
}

export type ActionField = FieldBase & {
  readonly kind: 'action'
  /** What Enter does, for the footer: `edit`, `remove`. */
  readonly verb: string
  /** True when it stands above what it acts on. */
  readonly isHeading?: boolean
  /** True when Enter also moves on, as it does on a field: whoever only presses Enter gets through the page. */
  readonly goesOn?: boolean
  /** True for something that was found and not taken yet: going on stops there once. */
  readonly isWaiting?: boolean
  onPress(): void
}

export type SelectOption = {
  readonly value: string /** The same as the value where nothing more is to say. */
  readonly label: string
}

/** What was typed to narrow a list, and which of the matches is marked. */
export type OpenList = { readonly filter: string; readonly at: number }

/** One of a long list, which opens below it: it is searched by typing. */
export type SelectField = FieldBase & {
  readonly kind: 'select'
  readonly value: string
  readonly options: readonly SelectOption[]
  /** True where the values are words of the answer file: the labels alone are shown. */
  readonly hidesValues?: boolean
  /** While its list is open; set by the form, never by a page. */
  readonly open?: OpenList
  onSelect(value: string): void
}

export type Field = TextField | ChoiceField | CheckField | ActionField | SelectField

/** A page as data: one list of rows, top to bottom. It is made anew from the state for each key and each frame, so that a
 *  key can never act on a page that is no longer there. */
export type Row =
  | Field
  | { readonly kind: 'blank' }
  | { readonly kind: 'heading'; readonly text: string }
  /** Wrapped at spaces. */
  | { readonly kind: 'note'; readonly text: string; readonly tone?: Tone; readonly indent?: number }
  /** `Host name      primer`: the text hangs behind its label. */
  | { readonly kind: 'entry'; readonly label: string; readonly text: string; readonly indent?: number }
  /** Of several fields together; the focus goes to the one named. */
  | {
      readonly kind: 'problems'
      readonly problems: readonly Problem[]
      /** In the words of the page, where the problem's own are those of the answer file. */
      readonly words?: readonly Problem[]
      readonly fieldId: string
    }
  /** As they are; for tables. */
  | { readonly kind: 'lines'; readonly lines: readonly string[]; readonly tone?: Tone }

/** One line of the screen. `field` only on the line that takes the keys. */
export type Line = { readonly text: string; readonly tone: Tone; readonly field?: Field; readonly fieldId?: string }

export function isField(row: Row): row is Field {
  return 'id' in row
}

export function fieldsOf(rows: readonly Row[]): readonly Field[] {
  return rows.filter(isField)
}

/** The problems that stand on a page, each with the field to put it right in. */
export function shownProblems(
  rows: readonly Row[],
): readonly { readonly problem: Problem; readonly fieldId: string }[] {
  return rows.flatMap((row) => {
    if (!isField(row) && row.kind !== 'problems') return []
    const fieldId = isField(row) ? row.id : row.fieldId
    return (row.problems ?? []).map((problem) => ({ problem, fieldId }))
  })
}

/** The id of a page's button in the focus. */
export const NEXT_BUTTON = 'next'
