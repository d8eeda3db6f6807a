import * as z from 'zod'
import { Secret } from '../../model/secret.ts'
import { checkedText } from '../field.ts'
import type { Step } from '../step.ts'
import { checkPassphrase } from './secret-rules.ts'

export const encryptionStep: Step<'encryption'> = {
  id: 'encryption',
  title: 'Encryption',
  help: [
    'Everything on the disk is encrypted, apart from the small boot partition. The passphrase opens it. Without the passphrase ' +
      'or the recovery key nobody can read the data, you neither: keep them in a safe place.',
    'With TPM unlock the machine starts without a question, by a key in its security chip that works only in this machine. ' +
      'A stolen disk stays closed. The passphrase goes on working, and is asked for when the chip refuses.',
    'The recovery key is a second, long passphrase made by the machine. It is shown once, at the end of the install.',
    'At boot the keyboard layout is US, so the passphrase takes only signs that such a keyboard has.',
  ],
  schema: z.strictObject({
    passphrase: checkedText(checkPassphrase, '12 to 512 characters of a US keyboard').transform(
      (text) => new Secret(text),
    ),
    tpmUnlock: z.boolean().describe('true: unlock by the TPM2 at boot; false: always ask for the passphrase'),
    recoveryKey: z.boolean().describe('true: make a recovery key and show it once at the end'),
  }),
  defaults: (hardware) => ({ passphrase: '', tpmUnlock: hardware.tpm.isUsable, recoveryKey: true }),
  check(value, hardware) {
    if (!value.tpmUnlock || hardware.tpm.isUsable) return []
    const { isPresent, version } = hardware.tpm
    const finding =
      isPresent === false ? 'it has none' : version === '1.2' ? 'it has a TPM 1.2' : 'none could be used here'
    return [
      {
        code: 'tpm-not-usable',
        path: ['encryption', 'tpmUnlock'],
        message: `TPM unlock needs a working TPM 2.0 in this machine, but ${finding}`,
        hint: 'turn TPM unlock off, or turn the TPM on in the firmware settings',
      },
    ]
  },
  summary: (value) => [
    { label: 'Passphrase', value: 'set' },
    { label: 'TPM unlock', value: value.tpmUnlock ? 'yes, the passphrase works too' : 'no, passphrase at each boot' },
    { label: 'Recovery key', value: value.recoveryKey ? 'yes, shown once at the end' : 'no' },
  ],
}
