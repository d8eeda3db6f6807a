import { PASSPHRASE_REFUSED } from '../model/failure.ts'
import type { InstallSecrets } from '../model/install-secrets.ts'
import type { Problem } from '../model/problem.ts'
import { Secret } from '../model/secret.ts'
import { weakPassphrase } from '../plan/weak-passphrase.ts'
import { checkToken } from '../steps/cluster/join-rules.ts'
import { checkPassphrase, checkPin } from '../steps/encryption/secret-rules.ts'
import type { FieldCheck } from '../steps/field.ts'
import { checkPassword } from '../steps/identity/names.ts'
import { checkPasswordHash } from '../steps/identity/password-hash.ts'
import { checkWifiPassphrase } from '../steps/network/wifi-rules.ts'
import { repeatedSecretProblem } from '../steps/secret-text.ts'
import type { Repeats, SecretName, WizardState } from './state.ts'

type Asked = Pick<WizardState, 'earlier' | 'begunChoice' | 'failure'>
type Typed = Asked & Pick<WizardState, 'hardware' | 'secretTexts' | 'secretRepeats' | 'isKeyLost'>

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

/** To go on with an earlier install, what is left of it needs; after a refusal in this one, the passphrase alone. */
export function askedSecrets(state: Asked): readonly SecretName[] {
  if (state.begunChoice === 'continue') return state.earlier?.secrets ?? []
  return isPassphraseRefused(state) ? ['passphrase'] : []
}

/** The disks did not open with it while the install went on. */
export function isPassphraseRefused({ failure }: Pick<WizardState, 'failure'>): boolean {
  return failure?.diagnosis?.code === PASSPHRASE_REFUSED
}

/** Then the disks judge the passphrase. */
export function isFormatted(state: Asked): boolean {
  if (isPassphraseRefused(state)) return true
  return state.earlier?.begun.tasks.some(({ id, stand }) => id === 'partition' && stand === 'finished') ?? false
}

/** What nothing on this machine can be held against: a slip in it would be set, and lock its owner out. */
export function isAskedTwice(name: SecretName, state: Asked): name is keyof Repeats {
  return isSetUnchecked(name, isFormatted(state))
}

/** The same without a wizard. `areFormatted`: the disks that the passphrase can be held against. */
export function isSetUnchecked(name: SecretName, areFormatted: boolean): name is keyof Repeats {
  return name === 'password' || name === 'pin' || (name === 'passphrase' && !areFormatted)
}

/** What is wrong with a secret by the rule of the page where it was asked for first; null for nothing, and for what the disks
 *  themselves will judge. */
export function findSecretFault(name: SecretName, text: string, areFormatted: boolean): ReturnType<FieldCheck> {
  if (name === 'recoveryKey' || (name === 'passphrase' && areFormatted)) return null
  return RULES[name](text)
}

/** As on the pages where they are asked for the first time. */
const RULES: Readonly<Record<Exclude<SecretName, 'recoveryKey'>, FieldCheck>> = {
  passphrase: checkPassphrase,
  pin: checkPin,
  password: checkPassword,
  passwordHash: checkPasswordHash,
  wifiPassphrase: checkWifiPassphrase,
  joinToken: checkToken,
}

/** What is asked for and cannot be right; whether it is right only the disks can tell. */
export function begunSecretProblems(state: Typed): readonly Problem[] {
  const { secretTexts, secretRepeats, isKeyLost } = state
  return askedSecrets(state).flatMap((name): readonly Problem[] => {
    const text = secretTexts[name] ?? ''
    const path = ['secrets', name]
    if (name === 'recoveryKey') return isKeyLost || readRecoveryKey(text) !== null ? [] : [keyProblem(text, path)]
    if (text === '') return [{ code: 'missing', path, message: `the ${SECRET_WORDS[name]} is needed` }]
    // What the disks were formatted with is right, whatever today's rules say.
    if (name === 'passphrase' && isFormatted(state)) return []
    const found = RULES[name](text)
    const differ = isAskedTwice(name, state) ? repeatedSecretProblem(name, text, secretRepeats[name] ?? '', path) : null
    return [
      ...(found === null ? [] : [{ ...found, path }]),
      ...(differ === null ? [] : [differ]),
      ...(name === 'passphrase' && found === null ? weakProblems(text, state).map((weak) => ({ ...weak, path })) : []),
    ]
  })
}

function weakProblems(passphrase: string, { earlier, hardware }: Typed): readonly Problem[] {
  if (earlier === null) return []
  const { hostName, userName, cluster } = earlier.begun.saved.plan
  return weakPassphrase({ passphrase, hostName, userName, clusterName: cluster.name }, hardware)
}

/** Those of the page, and a new recovery key when the earlier one is lost. */
export function begunSecrets(
  state: Asked & Pick<WizardState, 'secretTexts' | 'isKeyLost' | 'recoveryKey'>,
): InstallSecrets {
  const { secretTexts, isKeyLost, recoveryKey } = state
  const asked = askedSecrets(state)
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
