import { lookRows } from '../../ui/look-rows.ts'
import type { Row, SelectOption } from '../../ui/rows.ts'
import { problemsAt, type StepScreen, type StepScreenProps } from '../../ui/step-screen.ts'
import { KEYBOARDS } from './keyboards.ts'
import { LANGUAGES } from './languages.ts'
import { timeZones } from './time-zones.ts'

const named = (names: ReadonlyMap<string, string>): readonly SelectOption[] =>
  [...names].map(([value, label]) => ({ value, label }))

const OPTIONS: Readonly<Record<'language' | 'keyboard' | 'timeZone', () => readonly SelectOption[]>> = {
  language: () => named(LANGUAGES),
  keyboard: () => named(KEYBOARDS),
  timeZone: () => timeZones().map((name) => ({ value: name, label: name })),
}

export const systemScreen: StepScreen<'system'> = (props) => {
  const { draft, memory, looks, onChange } = props
  const look = looks.get('keyboard')
  return [
    { kind: 'note', text: 'For the installed system. Space or a letter opens a list.' },
    { kind: 'blank' },
    list(props, 'language', 'Language', (language) => onChange({ ...draft, language })),
    list(props, 'keyboard', 'Keyboard', (keyboard) => {
      onChange({ ...draft, keyboard })
      looks.start('keyboard', keyboard, ({ applyKeyboard }) => applyKeyboard(keyboard))
    }),
    {
      kind: 'text',
      id: 'try',
      label: 'Try it here',
      value: memory.text('try') ?? '',
      onChange: (text) => memory.set('try', text),
    },
    ...(look?.about === draft.keyboard ? lookRows(look, 'Changing the keyboard layout…') : []),
    list(props, 'timeZone', 'Time zone', (timeZone) => onChange({ ...draft, timeZone })),
    { kind: 'blank' },
    { kind: 'note', text: "The disk's passphrase is typed at boot with this keyboard layout.", tone: 'dim' },
  ]
}

function list(
  { draft, problems }: StepScreenProps<'system'>,
  key: keyof typeof OPTIONS,
  label: string,
  onSelect: (value: string) => void,
): Row {
  return {
    kind: 'select',
    id: key,
    label,
    value: draft[key],
    options: OPTIONS[key](),
    problems: problemsAt(problems, 'system', key),
    onSelect,
  }
}
