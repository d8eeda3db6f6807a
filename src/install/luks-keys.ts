import { recoveryKeyForms } from '../credentials/recovery-key.ts'
import { PASSPHRASE_REFUSED } from '../model/failure.ts'
import { PASSPHRASE_FILE } from '../model/paths.ts'
import type { Problem } from '../model/problem.ts'
import type { Secret } from '../model/secret.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import { type LuksHeader, type LuksToken, readLuksHeader } from './luks-header.ts'
import { PIN_FILE } from './runtime-files.ts'

/** Token types in the LUKS2 header. Source: systemd, src/cryptenroll */
export const TPM_TOKEN = 'systemd-tpm2'
export const RECOVERY_TOKEN = 'systemd-recovery'
/** recoveryKeyForms: each in a slot of its own. */
const RECOVERY_KEY_FORMS = 2
/** State and keys of Secure Boot. Source: TCG PC Client Platform Firmware Profile, 3.3.4 */
const SECURE_BOOT_PCR = 7

export type WantedKeys = {
  readonly hasTpm: boolean
  readonly hasPin: boolean
  readonly hasRecoveryKey: boolean
  /** Null where it is not known any more; then it is not tried. */
  readonly passphrase: Secret | null
  readonly recoveryKey: Secret | null
}

/** Compares the keys of a LUKS2 device with what it should have: one slot for the passphrase, one for each token, the
 *  right policy, and passphrase and recovery key that really open it. */
export async function findWrongKeys(system: System, device: string, wanted: WantedKeys): Promise<readonly Problem[]> {
  const header = await readLuksHeader(system, device)
  if (header === null) return [problem('luks-unreadable', `${device} has no readable LUKS2 header`)]
  const problems = [...findWrongTokens(header, device, wanted), ...(await findLeftFiles(system))]
  if (problems.length > 0) return problems
  // These are slow on purpose (key stretching), so they come last.
  if (wanted.passphrase !== null && !(await opensBy(system, device, wanted.passphrase))) {
    problems.push(problem('passphrase-wrong', `the passphrase does not open ${device}`))
  }
  if (wanted.recoveryKey !== null && !(await opensByAllForms(system, device, wanted.recoveryKey, header))) {
    problems.push(problem('recovery-key-wrong', `the recovery key does not open ${device}`))
  }
  return problems
}

async function opensByAllForms(system: System, device: string, key: Secret, header: LuksHeader): Promise<boolean> {
  const slots = header.tokens.filter(({ type }) => type === RECOVERY_TOKEN).flatMap(({ keyslots }) => keyslots)
  for (const [index, form] of recoveryKeyForms(key).entries()) {
    if (!(await opensBy(system, device, form, slots[index]))) return false
  }
  return true
}

/** The wizard asks for it again, by this code. */
export function refusedBy(device: string): Problem {
  const message = `${device} does not open with the passphrase that was given`
  return { code: PASSPHRASE_REFUSED, path: ['secrets', 'passphrase'], message }
}

/** Whether a key opens the device, or one slot of it; `key` is the path of a file, or a secret that goes by stdin. */
export async function opensBy(system: System, device: string, key: string | Secret, slot?: number): Promise<boolean> {
  const where = slot === undefined ? [] : ['--key-slot', String(slot)]
  const file = typeof key === 'string' ? key : '-'
  const { exitCode } = await system.query(
    programs.cryptsetup,
    ['open', '--test-passphrase', ...where, '--key-file', file, device],
    // 1 no such slot, 2 not this key.
    { okExitCodes: [0, 1, 2], ...(typeof key === 'string' ? {} : { stdin: key }) },
  )
  return exitCode === 0
}

function findWrongTokens(header: LuksHeader, device: string, wanted: WantedKeys): Problem[] {
  const problems: Problem[] = []
  const counts: readonly (readonly [type: string, count: number])[] = [
    [TPM_TOKEN, wanted.hasTpm ? 1 : 0],
    [RECOVERY_TOKEN, wanted.hasRecoveryKey ? RECOVERY_KEY_FORMS : 0],
  ]
  for (const [type, count] of counts) {
    const found = header.tokens.filter((token) => token.type === type && hasOwnSlot(token, header)).length
    if (found === count) continue
    const message = `keys of type ${type} on ${device}: ${count} expected, ${found} found`
    problems.push(problem(found < count ? 'key-missing' : 'key-too-many', message, type))
  }
  for (const token of header.tokens.filter(({ type }) => type === TPM_TOKEN)) {
    if (token.pcrs.length !== 1 || token.pcrs[0] !== SECURE_BOOT_PCR) {
      const message = `the TPM key of ${device} is bound to PCR ${token.pcrs.join(', ') || 'none'}, not to 7`
      problems.push(problem('wrong-policy', message, TPM_TOKEN))
    }
    if (token.hasPin !== wanted.hasPin) {
      const message = `the TPM key of ${device} ${token.hasPin ? 'wants a PIN, and should not' : 'wants no PIN'}`
      problems.push(problem('wrong-policy', message, TPM_TOKEN))
    }
  }
  const slots = 1 + counts.reduce((sum, [, count]) => sum + count, 0)
  if (header.keyslots.length !== slots) {
    problems.push(
      problem('wrong-key-count', `key slots of ${device}: ${slots} expected, ${header.keyslots.length} found`),
    )
  }
  return problems
}

const hasOwnSlot = ({ keyslots }: LuksToken, header: LuksHeader) =>
  keyslots.length === 1 && keyslots.every((slot) => header.keyslots.includes(slot))

async function findLeftFiles(system: System): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const path of [PASSPHRASE_FILE, PIN_FILE]) {
    if (await system.exists(path)) problems.push(problem('secret-left', `${path} is still there`))
  }
  return problems
}

function problem(code: string, message: string, ...path: string[]): Problem {
  return { code, path: ['target', 'keys', ...path], message }
}
