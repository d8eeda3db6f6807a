import type { Row } from '../../ui/rows.ts'
import { problemsAt, type StepScreen, type StepScreenProps } from '../../ui/step-screen.ts'
import { strengthRow } from '../../ui/strength-row.ts'

type Props = StepScreenProps<'encryption'>

export const encryptionScreen: StepScreen<'encryption'> = (props) => {
  const { draft, problems, memory } = props
  const isHidden = !memory.isOn('shown')
  const ofPassphrase = problemsAt(problems, 'encryption', 'passphrase')
  const isAboutRepeat = (code: string) => code === 'passphrases-differ'
  return [
    {
      kind: 'note',
      text: 'Everything on the disk is encrypted. Without this passphrase or the recovery key nobody can read it.',
    },
    { kind: 'blank' },
    {
      kind: 'text',
      id: 'passphrase',
      label: 'Passphrase',
      value: draft.passphrase,
      isHidden,
      problems: ofPassphrase.filter(({ code }) => !isAboutRepeat(code)),
      onChange: (passphrase) => props.onChange({ ...draft, passphrase }),
    },
    {
      kind: 'text',
      id: 'repeat',
      label: 'Once more',
      value: props.repeat,
      isHidden,
      problems: ofPassphrase.filter(({ code }) => isAboutRepeat(code)),
      onChange: props.onRepeat,
    },
    {
      kind: 'check',
      id: 'shown',
      label: 'Show what is typed',
      isChecked: !isHidden,
      onToggle: () => memory.set('shown', isHidden),
    },
    strengthRow(draft.passphrase, props.strength),
    { kind: 'blank' },
    ...tpmRows(props),
    {
      kind: 'check',
      id: 'recovery-key',
      label: 'Make a recovery key',
      detail: 'A second, long passphrase made by the machine, shown once at the end. Keep it on paper.',
      isChecked: draft.recoveryKey,
      problems: problemsAt(problems, 'encryption', 'recoveryKey'),
      onToggle: () => props.onChange({ ...draft, recoveryKey: !draft.recoveryKey }),
    },
  ]
}

/** The toggle exists only where it can work, or where it is on and must be turned off. */
function tpmRows({ draft, hardware, problems, onChange }: Props): readonly Row[] {
  const { isUsable, isPresent, version } = hardware.tpm
  if (!isUsable && !draft.tpmUnlock) {
    const why =
      isPresent === false
        ? 'This machine has no TPM'
        : version === '1.2'
          ? 'This machine has only a TPM 1.2'
          : 'No TPM 2.0 could be used'
    return [{ kind: 'note', text: `${why}: the passphrase is asked for at each start.`, tone: 'dim', indent: 2 }]
  }
  return [
    {
      kind: 'check',
      id: 'tpm',
      label: 'Unlock by the TPM 2.0 of this machine',
      detail: 'Starts without a question. The passphrase works too. A disk that is taken out stays closed.',
      isChecked: draft.tpmUnlock,
      problems: problemsAt(problems, 'encryption', 'tpmUnlock'),
      onToggle: () => onChange({ ...draft, tpmUnlock: !draft.tpmUnlock }),
    },
  ]
}
