import type { FieldCheck } from '../field.ts'

export const SHORTEST_PASSPHRASE = 12
/** What a person can type at the prompt. Source: `cryptsetup --help`, "Maximum interactive passphrase length 512". */
export const LONGEST_PASSPHRASE = 512

/** The disk passphrase: long enough to resist guessing on a stolen disk, and typable at boot, where the keyboard is US. */
export const checkPassphrase: FieldCheck = (text) => {
  if (text === '') return { code: 'missing', message: 'a passphrase is needed' }
  if (!/^[\x20-\x7e]*$/.test(text)) {
    return {
      code: 'passphrase-not-typable',
      message: 'a passphrase has only the letters, digits and signs of a US keyboard: no accents, tabs or line ends',
      hint: 'at boot the keyboard layout is US, and anything else could not be typed there',
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
