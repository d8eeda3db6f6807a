import type { Unlock } from '../../model/answers.ts'
import type { Row } from '../../ui/rows.ts'
import { problemsAt, type StepScreen, type StepScreenProps } from '../../ui/step-screen.ts'
import { strengthRow } from '../../ui/strength-row.ts'
import { usesTpm } from './encryption.ts'
import { tpmObstacle, tpmProtection } from './tpm-words.ts'

type Props = StepScreenProps<'encryption'>

const TITLES: Readonly<Record<Unlock, string>> = {
  tpm: 'Passphrase and TPM 2.0',
  'tpm-pin': 'Passphrase, and TPM 2.0 with a PIN',
  passphrase: 'Passphrase',
  none: 'No encryption',
}
const DETAILS: Readonly<Record<Unlock, string>> = {
  tpm: 'Starts without a question. The passphrase works too.',
  'tpm-pin': 'Asks for a short PIN at each start. The passphrase works too.',
  passphrase: 'Asks for it at each start.',
  none: 'Whoever has a disk of this machine reads everything on it.',
}
/** As people choose them, the least safe last. */
const ORDER: readonly Unlock[] = ['tpm', 'tpm-pin', 'passphrase', 'none']

export const encryptionScreen: StepScreen<'encryption'> = (props) => {
  const { draft, hardware } = props
  const isTpm = usesTpm(draft.unlock)
  return [
    { kind: 'heading', text: 'How are the disks encrypted, and how are they opened at a start?' },
    {
      kind: 'problems',
      problems: problemsAt(props.problems, 'encryption', 'unlock'),
      fieldId: 'unlock-passphrase',
    },
    ...ORDER.map((unlock) => unlockRow(unlock, props)),
    { kind: 'blank' },
    ...(draft.unlock === 'none' ? WARNING : secretRows(props)),
    ...(isTpm && tpmObstacle(hardware) === null
      ? [
          { kind: 'blank' as const },
          { kind: 'heading' as const, text: 'What the TPM protects on this machine, and what not' },
          ...tpmProtection(hardware, draft.unlock === 'tpm-pin').map((text) => ({ kind: 'note' as const, text })),
        ]
      : []),
  ]
}

const WARNING: readonly Row[] = [
  { kind: 'note', text: '! Nothing on the disks will be encrypted.', tone: 'warning' },
  {
    kind: 'note',
    text: 'Whoever steals the machine, takes out a disk, repairs it or gets it after you reads everything: all data, all keys and passwords on it, and with them the way into your cluster. A disk that breaks cannot be erased any more.',
  },
  { kind: 'note', text: 'It cannot be encrypted later without a new install.' },
]

function unlockRow(unlock: Unlock, { draft, hardware, onChange, onRepeat, onPinRepeat }: Props): Row {
  const obstacle = usesTpm(unlock) ? tpmObstacle(hardware) : null
  return {
    kind: 'choice',
    id: `unlock-${unlock}`,
    group: 'unlock',
    label: TITLES[unlock],
    isChosen: draft.unlock === unlock,
    ...(obstacle === null ? { detail: DETAILS[unlock] } : { blockedBecause: obstacle }),
    onChoose() {
      // What the choice does not use is dropped, so that nobody believes in a secret that protects nothing.
      const passphrase = unlock === 'none' ? '' : draft.passphrase
      const pin = unlock === 'tpm-pin' ? draft.pin : ''
      onChange({ ...draft, unlock, passphrase, pin })
      if (passphrase === '') onRepeat('')
      if (pin === '') onPinRepeat('')
    },
  }
}

function secretRows(props: Props): readonly Row[] {
  const { draft, problems, memory } = props
  const isHidden = !memory.isOn('shown')
  const hasPin = draft.unlock === 'tpm-pin'
  const of = (key: 'passphrase' | 'pin', isAboutRepeat: boolean) =>
    problemsAt(problems, 'encryption', key).filter(({ code }) => code.endsWith('-differ') === isAboutRepeat)
  return [
    {
      kind: 'text',
      id: 'passphrase',
      label: 'Passphrase',
      value: draft.passphrase,
      isHidden,
      problems: of('passphrase', false),
      onChange: (passphrase) => props.onChange({ ...draft, passphrase }),
    },
    {
      kind: 'text',
      id: 'repeat',
      label: 'Once more',
      value: props.repeat,
      isHidden,
      problems: of('passphrase', true),
      onChange: props.onRepeat,
    },
    strengthRow(draft.passphrase, props.strength),
    ...(hasPin
      ? [
          {
            kind: 'text' as const,
            id: 'pin',
            label: 'PIN',
            value: draft.pin,
            isHidden,
            hint: '6 or more digits or letters',
            problems: of('pin', false),
            onChange: (pin: string) => props.onChange({ ...draft, pin }),
          },
          {
            kind: 'text' as const,
            id: 'pin-repeat',
            label: 'Once more',
            value: props.pinRepeat,
            isHidden,
            problems: of('pin', true),
            onChange: props.onPinRepeat,
          },
          {
            kind: 'note' as const,
            text: 'After some 30 wrong PINs the TPM is in lockout for a while; the passphrase still works.',
            tone: 'dim' as const,
            indent: 2,
          },
        ]
      : []),
    {
      kind: 'check',
      id: 'shown',
      label: hasPin ? 'Show passphrase and PIN' : 'Show what is typed',
      isChecked: !isHidden,
      onToggle: () => memory.set('shown', isHidden),
    },
    {
      kind: 'check',
      id: 'recovery-key',
      label: 'Make a recovery key',
      detail: 'A second, long passphrase made by the machine, shown before anything is erased. Keep it on paper.',
      isChecked: draft.recoveryKey,
      problems: problemsAt(problems, 'encryption', 'recoveryKey'),
      onToggle: () => props.onChange({ ...draft, recoveryKey: !draft.recoveryKey }),
    },
  ]
}
