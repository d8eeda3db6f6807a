import * as z from 'zod'
import { type EncryptionAnswers, UNLOCKS, type Unlock } from '../../model/answers.ts'
import { Secret } from '../../model/secret.ts'
import { acrossFields, type Finding } from '../field.ts'
import type { Drafts, Step } from '../step.ts'
import { checkPassphrase, checkPin } from './secret-rules.ts'
import { tpmObstacle, tpmRemedy } from './tpm-words.ts'

export const usesTpm = (unlock: string): boolean => unlock === 'tpm' || unlock === 'tpm-pin'

const fields = z
  .strictObject({
    unlock: z.enum(UNLOCKS).describe('none, passphrase, tpm or tpm-pin; a passphrase is needed with all but none'),
    passphrase: z.string().describe('12 to 512 characters of a US keyboard; none without encryption'),
    pin: z.string().describe('only with unlock tpm-pin: 6 to 64 digits and letters'),
    recoveryKey: z
      .boolean()
      .describe('true: make a recovery key and show it before anything is erased; without encryption there is none'),
  })
  .check(acrossFields<Drafts['encryption']>(checkSecrets))

/** Only what the choice uses may be there: a secret that is given and not used would be believed to protect. */
function checkSecrets(
  { unlock, passphrase, pin }: Partial<Drafts['encryption']>,
  report: (path: readonly (string | number)[], finding: Finding) => void,
): void {
  if (passphrase !== undefined) {
    const finding = unlock === 'none' ? unused('a passphrase', passphrase, 'none') : checkPassphrase(passphrase)
    if (finding) report(['passphrase'], finding)
  }
  if (pin !== undefined && unlock !== undefined) {
    const finding = unlock === 'tpm-pin' ? checkPin(pin) : unused('a PIN', pin, unlock)
    if (finding) report(['pin'], finding)
  }
}

function unused(what: string, text: string, unlock: Unlock | string): Finding | null {
  if (text === '') return null
  const hint = what === 'a PIN' ? 'leave it out, or choose tpm-pin' : 'leave it out, or choose another unlock'
  return { code: 'secret-not-used', message: `${what} is given, but unlock ${unlock} does not use it`, hint }
}

export const encryptionStep: Step<'encryption'> = {
  id: 'encryption',
  title: 'Encryption',
  help: [
    'Everything on the disks is encrypted, apart from the small boot partitions. The passphrase opens it. Without the ' +
      'passphrase or the recovery key nobody can read the data, you neither: keep them in a safe place.',
    'With the TPM 2.0 the machine starts without a question, by a key in its security chip that works only in this machine. ' +
      'The passphrase goes on working, and is asked for when the chip refuses. The key is bound to PCR 7, the record of ' +
      'Secure Boot: where that is off, the chip cannot tell your system from another one.',
    'With a PIN the chip gives the key only for the PIN. It counts wrong tries: after some 30 of them it is in lockout, and ' +
      'takes one more try only every few minutes or hours. The passphrase works meanwhile. So a PIN may be short: nobody ' +
      'can try it anywhere else.',
    'The recovery key is a second, long passphrase made by the machine. It is shown before anything is erased, and is never ' +
      'stored.',
    'The strength is judged by a program that guesses as thieves do: by words, names, dates and rows of keys, with the names ' +
      'of this machine, its disks and its user among them. The time is for a thief who has the disk and tries 10000 ' +
      'passphrases a second.',
    'Without encryption anybody who has a disk of this machine reads it: a thief, a later owner, a repair shop. It cannot be ' +
      'encrypted later without a new install.',
  ],
  schema: fields.transform(
    ({ unlock, passphrase, pin, recoveryKey }): EncryptionAnswers => ({
      unlock,
      passphrase: unlock === 'none' ? null : new Secret(passphrase),
      pin: unlock === 'tpm-pin' ? new Secret(pin) : null,
      recoveryKey: recoveryKey && unlock !== 'none',
    }),
  ),
  defaults: (hardware) => ({
    unlock: tpmObstacle(hardware) === null ? 'tpm' : 'passphrase',
    passphrase: '',
    pin: '',
    recoveryKey: true,
  }),
  check({ unlock }, hardware) {
    const obstacle = usesTpm(unlock) ? tpmObstacle(hardware) : null
    if (obstacle === null) return []
    const message = `unlock ${unlock} needs a working TPM 2.0, but ${obstacle}`
    return [{ code: 'tpm-not-usable', path: ['encryption', 'unlock'], message, hint: tpmRemedy(hardware) }]
  },
  summary: ({ unlock, recoveryKey }) => [
    { label: 'Unlock', value: UNLOCK_SUMMARIES[unlock] },
    ...(unlock === 'none'
      ? []
      : [{ label: 'Recovery key', value: recoveryKey ? 'yes, shown before anything is erased' : 'no' }]),
  ],
}

const UNLOCK_SUMMARIES: Readonly<Record<Unlock, string>> = {
  none: 'NOT ENCRYPTED: whoever has a disk of this machine, or the machine, reads everything on it',
  passphrase: 'by the passphrase, at each start',
  tpm: 'by the TPM, without a question; the passphrase works too',
  'tpm-pin': 'by the TPM with a PIN, at each start; the passphrase works too',
}
