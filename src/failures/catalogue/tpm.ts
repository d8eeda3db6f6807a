import type { FailureSignature } from '../../model/failure.ts'
import { programs } from '../../system/programs.ts'
import { type CatalogueEntry, failureOf, NO_FACTS, RETRY, WAYS_WITH_ANSWERS } from '../entry.ts'

const enrol = failureOf({
  task: 'enroll-keys',
  ...{ program: 'systemd-cryptenroll', action: '/dev/zvol/rpool/credstore', exitCode: 1 },
})
const isEnrol = ({ program }: FailureSignature) => program === programs.systemdCryptenroll

/** systemd-cryptenroll ends with 1 for everything, so the TPM itself is asked. */
export const tpmEntries: readonly CatalogueEntry[] = [
  {
    code: 'tpm-gone',
    title: 'The TPM is gone',
    matches: (failure, { tpm }) => isEnrol(failure) && tpm?.isPresent === false,
    tell: () => ({
      cause: 'the TPM does not answer any more, so no key can be given to it',
      remedy: [
        'power the machine off, and check that the TPM is turned on in the firmware settings',
        'then start the medium again, and choose to continue: only what is left is done',
        'or change the answers to unlock by the passphrase, which starts over',
      ],
    }),
    waysOn: ['power-off', 'retry', 'answers', 'shell', 'bundle'],
    example: { signature: enrol, facts: { ...NO_FACTS, tpm: { isPresent: false, isLockedOut: null } } },
  },
  {
    code: 'tpm-locked',
    title: 'The TPM is locked out',
    matches: (failure, { tpm }) => isEnrol(failure) && tpm?.isLockedOut === true,
    tell: () => ({
      cause: 'the TPM refuses every PIN for now, because too many wrong ones were tried',
      remedy: [
        'wait until it lets go (minutes to a day, as its maker chose), then retry: finished tasks are not repeated',
        'or power off, clear it in the firmware settings (that loses the keys of other systems), and continue',
        'or change the answers to unlock without a PIN or by the passphrase, which starts over',
      ],
    }),
    waysOn: WAYS_WITH_ANSWERS,
    example: { signature: enrol, facts: { ...NO_FACTS, tpm: { isPresent: true, isLockedOut: true } } },
  },
  {
    code: 'tpm-refused',
    title: 'The TPM refused the key',
    matches: (failure) => isEnrol(failure) && failure.exitCode !== null && failure.exitCode !== 0,
    tell: () => ({
      cause: 'the key could not be given to the TPM',
      remedy: [
        'see whether it is found: systemd-cryptenroll --tpm2-device=list',
        RETRY,
        'or power off, clear it in the firmware settings (that loses the keys of other systems), and continue',
        'or change the answers to unlock by the passphrase, which starts over',
      ],
    }),
    waysOn: WAYS_WITH_ANSWERS,
    example: { signature: enrol, facts: { ...NO_FACTS, tpm: { isPresent: true, isLockedOut: false } } },
    noFaultBecause: 'whatever else a TPM can have; gone and locked are injected',
  },
]
