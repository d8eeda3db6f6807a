import type { Hardware } from '../../model/hardware.ts'

/** Why the TPM of this machine cannot hold a key, or null when it can. Continues a sentence. */
export function tpmObstacle({ tpm }: Hardware): string | null {
  if (tpm.isPresent === false) return 'this machine has no TPM'
  if (tpm.version === '1.2') return 'this machine has a TPM 1.2, and a TPM 2.0 is needed'
  if (tpm.isLockedOut === true) return 'the TPM is in lockout after too many wrong tries'
  return tpm.isUsable ? null : 'no TPM 2.0 could be used here'
}

/** What the person can do about it. */
export function tpmRemedy({ tpm }: Hardware): string {
  return tpm.isLockedOut === true
    ? 'leave the machine on for a few hours, or clear the TPM in the firmware settings; or choose the passphrase alone'
    : 'choose the passphrase alone, or turn the TPM on in the firmware settings'
}

/** What the TPM's key does protect on this machine, and what it does not. The key is bound to PCR 7: whether Secure Boot is
 *  on, and with which keys. Source: UEFI, TCG PC Client Platform Firmware Profile, 3.3.4.8. */
export function tpmProtection({ secureBoot }: Hardware, hasPin: boolean): readonly string[] {
  const stolen = hasPin
    ? 'A thief who takes the whole machine needs the PIN too, and the TPM lets nobody try many.'
    : WHOLE_MACHINE[secureBoot]
  return [`A disk that is taken out stays closed. ${stolen}`, BINDING[secureBoot]]
}

const OFF_WHOLE =
  'A thief who takes the whole machine can start another system on it, from a USB stick, and that gets the key as well. A PIN prevents this.'

const WHOLE_MACHINE: Readonly<Record<Hardware['secureBoot'], string>> = {
  enabled:
    'A thief who takes the whole machine can start it up to the login, and no further: a system with another signature gets no key.',
  disabled: OFF_WHOLE,
  'setup-mode': OFF_WHOLE,
  unsupported: OFF_WHOLE,
  unknown: `Unless Secure Boot is on: ${OFF_WHOLE.charAt(0).toLowerCase()}${OFF_WHOLE.slice(1)}`,
}

const ASKED_ONCE = 'the TPM refuses, the passphrase is asked for, and "keystone tpm re-enroll" makes the key anew'

const BINDING: Readonly<Record<Hardware['secureBoot'], string>> = {
  enabled: `Secure Boot is on, and the key is bound to it (PCR 7). When it is turned off, or its keys change, ${ASKED_ONCE}.`,
  disabled: `Secure Boot is off. The key is bound to that (PCR 7), which protects against nothing by itself. When it is turned on later, ${ASKED_ONCE}.`,
  'setup-mode': `Secure Boot is in setup mode and checks nothing yet. When its keys are enrolled, ${ASKED_ONCE}.`,
  unsupported: 'This firmware has no Secure Boot: nothing checks what is started here.',
  unknown: `Whether Secure Boot is on could not be read. The key is bound to its state (PCR 7): when that changes, ${ASKED_ONCE}.`,
}
