import * as z from 'zod'

/** What a field check found. The path is added by whoever asked. */
export type Finding = {
  /** Stable, kebab-case; becomes the Problem's code. */
  readonly code: string
  readonly message: string
  readonly hint?: string
}

/** Judges one text, alone. Pure and quick: screens call it on every key press. Null: nothing wrong. */
export type FieldCheck = (text: string) => Finding | null

/** A text field with its rule. The description is what the JSON Schema and the hint of a missing key say. */
export function checkedText(check: FieldCheck, description: string) {
  return z
    .string()
    .superRefine((text, context) => {
      const finding = check(text)
      if (finding) context.addIssue(customIssue(finding))
    })
    .describe(description)
}

type Report = (path: readonly (string | number)[], finding: Finding) => void

/** A rule over several fields of one step. It runs even when other fields have problems (zod would skip it), so that all
 *  problems are told at once; fields with a problem of their own are undefined in it. */
export function acrossFields<T extends object>(rule: (fields: Partial<T>, report: Report) => void) {
  return z.superRefine<T>(
    (value, context) => {
      const broken = new Set(context.issues.map((issue) => issue.path?.[0]))
      const sound = Object.entries(value).filter(([key]) => !broken.has(key))
      rule(Object.fromEntries(sound) as Partial<T>, (path, finding) => {
        context.addIssue({ ...customIssue(finding), path: [...path] })
      })
    },
    { when: ({ value }) => typeof value === 'object' && value !== null },
  )
}

function customIssue(finding: Finding) {
  return { code: 'custom' as const, message: finding.message, params: { code: finding.code, hint: finding.hint } }
}

const LONGEST_QUOTE = 40

/** A finding in quotes, short, with control characters and odd blanks made visible: it may come from a pasted mess and goes to a
 *  terminal. Never for secrets. */
export function quote(text: string): string {
  const short = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text
  const visible = short.replace(/(?! )[\p{C}\p{Z}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)
  return `"${visible}"`
}
