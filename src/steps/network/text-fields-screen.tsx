import type { TextField } from '../../ui/rows.ts'
import { problemsAt, type StepScreenProps } from '../../ui/step-screen.ts'
import type { Drafts } from '../step.ts'

type Props = StepScreenProps<'network'>
type KeyOf<T> = {
  [Key in keyof Drafts['network']]: Drafts['network'][Key] extends T ? Key : never
}[keyof Drafts['network']]

export function textField(
  { draft, problems, onChange }: Props,
  key: KeyOf<string>,
  label: string,
  hint: string,
): TextField {
  return {
    kind: 'text',
    id: key,
    label,
    value: draft[key],
    hint,
    problems: problemsAt(problems, 'network', key),
    onChange: (text) => onChange({ ...draft, [key]: text.trim() }),
  }
}

/** A list on one line. */
export function listField(
  { draft, problems, onChange, memory }: Props,
  key: KeyOf<string[]>,
  label: string,
  hint: string,
): TextField {
  return {
    kind: 'text',
    id: key,
    label,
    // As typed: the draft's list has no place for the comma that was just pressed.
    value: memory.text(key) ?? draft[key].join(', '),
    hint,
    problems: problemsAt(problems, 'network', key),
    onChange(text) {
      memory.set(key, text)
      onChange({ ...draft, [key]: text.split(/[\s,]+/u).filter((part) => part !== '') })
    },
  }
}
