import {
  guessableWords,
  judgeStrength,
  LOWEST_SCORE,
  type Strength,
  strengthNow,
} from '../credentials/secret-strength.ts'
import type { Answers } from '../model/answers.ts'
import type { Hardware } from '../model/hardware.ts'
import type { Problem } from '../model/problem.ts'

type Guessed = {
  readonly passphrase: string
  readonly hostName: string
  readonly userName: string
  readonly clusterName: string
}

/** The one rule on how strong the disk passphrase must be, for the wizard (as soon as the dictionaries are loaded) and, by
 *  `weakPassphraseIn`, for answer files. It is no part of the step's schema, because it takes the names on other pages. */
export function weakPassphrase(guessed: Guessed, hardware: Hardware | null): readonly Problem[] {
  const strength = guessed.passphrase === '' ? null : strengthNow(guessed.passphrase, guessableWords(guessed, hardware))
  return strength === null ? [] : problemsOf(strength)
}

/** Of answers that were read from a file, as far as they are sound; loads the dictionaries. `hardware` is null for a check
 *  without a machine: then the names of its disks are not among the guesses. */
export async function weakPassphraseIn(
  answers: Partial<Answers>,
  hardware: Hardware | null,
): Promise<readonly Problem[]> {
  const passphrase = answers.encryption?.passphrase
  if (!passphrase) return []
  const names = {
    hostName: answers.identity?.hostName ?? '',
    userName: answers.identity?.userName ?? '',
    clusterName: answers.cluster?.name ?? '',
  }
  return problemsOf(await judgeStrength(passphrase.reveal(), guessableWords(names, hardware)))
}

function problemsOf({ score, crackTime }: Strength): readonly Problem[] {
  if (score >= LOWEST_SCORE) return []
  return [
    {
      code: 'passphrase-too-weak',
      path: ['encryption', 'passphrase'],
      message: `this passphrase is too easy to guess: a thief with the disk needs ${crackTime}`,
      hint: 'four or five random words are strong and easy to type',
    },
  ]
}
