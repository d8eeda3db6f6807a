import type { FieldCheck } from '../field.ts'

export const SHORTEST_PASSPHRASE = 12
/** What a person can type at the prompt. Source: `cryptsetup --help`, "Maximum interactive passphrase length 512". */
export const LONGEST_PASSPHRASE = 512

/** The disk passphrase: long enough to resist guessing on a stolen disk, and typable at boot on any keyboard. How easy it is
 *  to guess is judged elsewhere (plan/weak-passphrase.ts): that takes dictionaries, and the names on other pages. */
export const checkPassphrase: FieldCheck = (text) => {
  if (text === '') return { code: 'missing', message: 'a passphrase is needed' }
  if (!/^[\x20-\x7e]*$/.test(text)) {
    return {
      code: 'passphrase-not-typable',
      message: 'a passphrase has only the letters, digits and signs of a US keyboard: no accents, tabs or line ends',
      hint: 'one day it may have to be typed on another keyboard than this one',
    }
  }
  if (text.length < SHORTEST_PASSPHRASE) {
    return {
      code: 'passphrase-too-short',
      message: `a passphrase has at least ${SHORTEST_PASSPHRASE} characters, got ${text.length}`,
      hint: 'four or five random words are strong and easy to type',
    }
  }
  if (text.length > LONGEST_PASSPHRASE) {
    return {
      code: 'passphrase-too-long',
      message: `a passphrase has at most ${LONGEST_PASSPHRASE} characters, got ${text.length}`,
    }
  }
  return null
}

/** A TPM allows some 30 wrong tries and then one in minutes or hours: with six digits that is years. */
export const SHORTEST_PIN = 6
export const LONGEST_PIN = 64

/** Needs no more than this, because nobody can try PINs anywhere but on this machine's TPM, which counts. */
export const checkPin: FieldCheck = (text) => {
  if (text === '') return { code: 'missing', message: 'a PIN is needed' }
  if (!/^[0-9A-Za-z]*$/.test(text)) {
    return { code: 'pin-not-typable', message: 'a PIN has only digits and the letters A to Z, a to z' }
  }
  if (text.length < SHORTEST_PIN || text.length > LONGEST_PIN) {
    const code = text.length < SHORTEST_PIN ? 'pin-too-short' : 'pin-too-long'
    return { code, message: `a PIN has ${SHORTEST_PIN} to ${LONGEST_PIN} characters, got ${text.length}` }
  }
  if (isStraight(text)) {
    const message = 'a PIN is not one character again and again, and no straight row such as 123456'
    return { code: 'pin-too-simple', message, hint: 'choose one that nobody tries first' }
  }
  return null
}

/** `000000`, `123456`, `fedcba`. */
function isStraight(text: string): boolean {
  const steps = [...text].slice(1).map((char, at) => char.charCodeAt(0) - text.charCodeAt(at))
  const [first = 0] = steps
  return Math.abs(first) <= 1 && steps.every((step) => step === first)
}
