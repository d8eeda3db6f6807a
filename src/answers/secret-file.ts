import type { StepId } from '../model/answers.ts'
import type { Problem } from '../model/problem.ts'
import { wrongTypeProblem } from '../steps/parse-step.ts'
import { SECRET_KEYS } from './optional-keys.ts'

/** Text of a secret's file, or null when it cannot be read. */
export type ReadSecretFile = (path: string) => Promise<string | null>

export type SecretLookup = {
  /** The section with the secret itself and without the key that names its file. */
  readonly draft: Record<string, unknown>
  readonly problems: readonly Problem[]
  /** Turns a problem of the secret into one of the place it came from. Null: already told by `problems`. */
  readonly relate: (problem: Problem) => Problem | null
}

/** A secret that a file gives. `file` is the one that holds it; null when the answer file does itself. */
export type GivenSecret = { readonly path: readonly [StepId, string]; readonly file: string | null }

/** The secrets that a section gives, by its keys alone: neither secret nor file is looked at. */
export function givenSecrets(stepId: StepId, section: unknown): readonly GivenSecret[] {
  const secret = SECRET_KEYS[stepId]
  if (!secret || typeof section !== 'object' || section === null) return []
  const { [secret.key]: value, [secret.fileKey]: file } = section as Record<string, unknown>
  return [
    ...(value === undefined || value === null ? [] : [{ path: [stepId, secret.key] as const, file: null }]),
    ...(typeof file === 'string' ? [{ path: [stepId, secret.fileKey] as const, file }] : []),
  ]
}

/** Leaving a secret out is no slip: the wizard asks for it. */
export function isMissingSecret({ code, path }: Problem): boolean {
  return code === 'missing' && path.length === 2 && SECRET_KEYS[path[0] as StepId]?.key === path[1]
}

/** Puts the secret of `passphraseFile` or `passwordFile` in its place. */
export async function lookUpSecret(
  stepId: StepId,
  section: Record<string, unknown>,
  readSecretFile: ReadSecretFile,
): Promise<SecretLookup> {
  const secret = SECRET_KEYS[stepId]
  if (!secret) return { draft: section, problems: [], relate: (problem) => problem }
  const { key, fileKey } = secret
  const { [fileKey]: file, ...draft } = section
  const path = [stepId, fileKey]
  const isOfSecret = (problem: Problem) => problem.path[1] === key

  if (file === undefined) {
    const hint = `give ${key}, or ${fileKey} with the path of a file that holds it`
    const relate = (problem: Problem) =>
      isOfSecret(problem) && problem.code === 'missing' ? { ...problem, hint } : problem
    return { draft, problems: [], relate }
  }
  const refuse = (problem: Problem): SecretLookup => ({
    draft,
    problems: [problem],
    relate: (other) => (isOfSecret(other) ? null : other),
  })
  if (key in draft) {
    const message = `${key} and ${fileKey} are both given`
    return refuse({ code: 'secret-given-twice', path, message, hint: 'keep one of them' })
  }
  if (typeof file !== 'string') return refuse(wrongTypeProblem(path, 'string', file))
  const text = await readSecretFile(file)
  if (text === null) {
    // The path is not quoted: it may be the secret itself, put under the wrong key.
    const message = 'this file cannot be read'
    return refuse({ code: 'secret-file-unreadable', path, message, hint: 'check the path and its permissions' })
  }
  return {
    // Editors end a file with a line end that nobody meant to be part of the secret.
    draft: { ...draft, [key]: text.replace(/\r?\n$/, '') },
    problems: [],
    relate: (problem) => (isOfSecret(problem) ? { ...problem, path } : problem),
  }
}
