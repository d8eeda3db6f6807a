import type { LocatedProblem } from '../answers/locate.ts'
import { readAnswers } from '../answers/read-answers.ts'
import { redactAnswers, redactedText } from '../answers/redact-answers.ts'
import { isMissingSecret } from '../answers/secret-keys.ts'
import type { Problem } from '../model/problem.ts'

/** What an answer file would do on a medium. */
export type MediumAnswers = {
  /** Everything wrong with it, but not that it leaves a secret out. */
  readonly problems: readonly LocatedProblem[]
  /** Keys of the secrets that stand in the file for anybody to read: `encryption.passphrase`. */
  readonly openSecrets: readonly string[]
  /** Keys of the secrets that it leaves out: the wizard asks for them. */
  readonly leftOut: readonly string[]
  /** Enough for an install without questions. */
  readonly isUnattended: boolean
  /** To be shown, without secrets: as YAML, and as data. */
  readonly text: string
  readonly content: Record<string, unknown>
}

/** Judges an answer file for a medium: it is alone there, so a secret in a file of its own is a problem. */
export async function judgeMediumAnswers(text: string, fileName: string): Promise<MediumAnswers> {
  const read = await readAnswers(text, fileName, { readSecretFile: async () => null })
  const isAsked = read.problems.filter(isMissingSecret)
  return {
    problems: read.problems.flatMap((problem) => (isMissingSecret(problem) ? [] : [onMedium(problem)])),
    openSecrets: read.secrets.flatMap(({ path, reference }) => (reference === null ? [path.join('.')] : [])),
    leftOut: isAsked.map(({ path }) => path.join('.').replace(/Prompt$/, '')),
    isUnattended: read.problems.length === 0 && read.unconfirmed.length === 0,
    text: redactedText(read),
    content: redactAnswers(read),
  }
}

function onMedium<Found extends Problem>(problem: Found): Found {
  if (problem.code !== 'secret-file-unreadable' && problem.code !== 'secret-variable-unset') return problem
  return {
    ...problem,
    message:
      'the answer file is alone on the medium: a secret in a file or variable of its own would not be found there',
    hint: 'leave this key out, and the wizard asks; or give the secret itself, for anybody who has the medium to read',
  }
}
