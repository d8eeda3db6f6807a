import type { InstallSecrets } from '../model/install-secrets.ts'
import type { Problem } from '../model/problem.ts'
import { Secret } from '../model/secret.ts'
import { checkPassphrase, checkPin } from '../steps/encryption/secret-rules.ts'
import type { SecretName, WizardState } from './state.ts'

type Typed = Pick<WizardState, 'earlier' | 'secretTexts' | 'isKeyLost' | 'recoveryKey'>

/** As a sentence names them. */
export const SECRET_WORDS: Readonly<Record<SecretName, string>> = {
  passphrase: 'passphrase of the disks',
  pin: 'PIN of the TPM',
  recoveryKey: 'recovery key',
  password: 'password of the admin',
  passwordHash: 'hash of the password',
  wifiPassphrase: 'passphrase of the wireless network',
  joinToken: 'token to join the cluster',
}

/** What is asked for and cannot be right; whether it is right only the disks can tell. */
export function begunSecretProblems({ earlier, secretTexts, isKeyLost }: Typed): readonly Problem[] {
  if (earlier === null) return []
  const isFormatted = earlier.begun.tasks.some(({ id, stand }) => id === 'partition' && stand === 'finished')
  return earlier.secrets.flatMap((name): readonly Problem[] => {
    const text = secretTexts[name] ?? ''
    const path = ['secrets', name]
    if (name === 'recoveryKey') return isKeyLost || readRecoveryKey(text) !== null ? [] : [keyProblem(text, path)]
    if (text === '') return [{ code: 'missing', path, message: `the ${SECRET_WORDS[name]} is needed` }]
    // What the disks were formatted with is right, whatever today's rules say.
    const found = name === 'passphrase' && !isFormatted ? checkPassphrase(text) : name === 'pin' ? checkPin(text) : null
    return found === null ? [] : [{ ...found, path }]
  })
}

/** Those of the page, and a new recovery key when the earlier one is lost. */
export function begunSecrets({ earlier, secretTexts, isKeyLost, recoveryKey }: Typed): InstallSecrets {
  const asked = earlier?.secrets ?? []
  const of = (name: SecretName) => (asked.includes(name) ? new Secret(secretTexts[name] ?? '') : null)
  const typedKey = readRecoveryKey(secretTexts.recoveryKey ?? '')
  return {
    passphrase: of('passphrase'),
    pin: of('pin'),
    recoveryKey: asked.includes('recoveryKey') ? (isKeyLost ? recoveryKey : typedKey) : null,
    password: of('password'),
    passwordHash: of('passwordHash'),
    wifiPassphrase: of('wifiPassphrase'),
    joinToken: of('joinToken'),
  }
}

const GROUPS = 8
const GROUP_LETTERS = 8
const LETTERS = /^[cbdefghijklnrtuv]*$/

/** A recovery key as a person types it from paper, or reads it from a file: capitals, spaces and dashes do not matter. Null
 *  when it is none. */
export function readRecoveryKey(text: string): Secret | null {
  const letters = lettersOf(text)
  if (letters.length !== GROUPS * GROUP_LETTERS || !LETTERS.test(letters)) return null
  const groups = Array.from({ length: GROUPS }, (_, at) => letters.slice(at * GROUP_LETTERS, (at + 1) * GROUP_LETTERS))
  return new Secret(groups.join('-'))
}

/** What was typed, or is in a file, has the shape of a key and is another one. */
export const OTHER_KEY = {
  code: 'recovery-key-differs',
  path: ['secrets', 'recoveryKey'],
  message: 'this is not the recovery key that was shown when the install was begun',
  hint: 'compare it with the paper, letter by letter',
} as const satisfies Problem

function lettersOf(text: string): string {
  return text.replace(/[\s-]/gu, '').toLowerCase()
}

function keyProblem(text: string, path: readonly string[]): Problem {
  const letters = lettersOf(text)
  const hint = 'if the paper is lost, a new key can be made below'
  if (letters === '') return { code: 'missing', path, message: 'the recovery key is needed', hint }
  if (!LETTERS.test(letters)) {
    const message = 'a recovery key has only the letters c b d e f g h i j k l n r t u v'
    return { code: 'wrong-recovery-key', path, message, hint }
  }
  const message = `a recovery key has ${GROUPS * GROUP_LETTERS} letters in ${GROUPS} groups, got ${letters.length}`
  return { code: 'wrong-recovery-key', path, message, hint }
}
