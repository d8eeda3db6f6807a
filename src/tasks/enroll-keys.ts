import { readLuksHeader } from '../install/luks-header.ts'
import { PASSPHRASE_FILE } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { Secret } from '../model/secret.ts'
import { UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import type { TaskWork } from './task.ts'

/** Token types in the LUKS2 header. Source: systemd, src/cryptenroll */
const TPM_TOKEN = 'systemd-tpm2'
const RECOVERY_TOKEN = 'systemd-recovery'
/** Eight groups of eight modhex letters. Source: systemd, src/shared/recovery-key.h */
const RECOVERY_KEY = /^([cbdefghijklnrtuv]{8}-){7}[cbdefghijklnrtuv]{8}$/
const UNLOCK = `--unlock-key-file=${PASSPHRASE_FILE}`

/** More ways to unlock besides the passphrase, which disko has set: the TPM, and a recovery key on paper. */
export const enrollKeys: TaskWork = {
  id: 'enroll-keys',
  async check({ plan, system }) {
    // A recovery key that was made and perhaps never read is worth nothing: make a new one.
    return !plan.recoveryKey && (await findWrongKeys(system, plan)).length === 0 ? 'done' : 'todo'
  },
  async run({ plan, system, secrets, showOnce, progress }) {
    const { luksDevice } = plan.storage
    if (!plan.tpmUnlock && !plan.recoveryKey) return undefined
    await system.writeFile(PASSPHRASE_FILE, secrets.passphrase, { mode: 0o600 })
    // Nothing is there on a first run; a run after a crash must not leave a second key behind.
    const tokens = (await readLuksHeader(system, luksDevice))?.tokens ?? []
    const wipe = (token: string, slot: string) => (tokens.includes(token) ? [`--wipe-slot=${slot}`] : [])
    if (plan.tpmUnlock) {
      progress(0.1, 'the TPM')
      const pcrs = ['--tpm2-device=auto', '--tpm2-pcrs=7']
      await system.run(programs.systemdCryptenroll, [UNLOCK, ...pcrs, ...wipe(TPM_TOKEN, 'tpm2'), luksDevice])
    }
    if (plan.recoveryKey) {
      progress(0.5, 'the recovery key')
      const args = [UNLOCK, '--recovery-key', ...wipe(RECOVERY_TOKEN, 'recovery'), luksDevice]
      const { stdout } = await system.run(programs.systemdCryptenroll, args, {
        isSecretOutput: true,
        preview: `${Array(8).fill('cccccccc').join('-')}\n`,
      })
      showOnce(recoveryKeyOf(stdout))
    }
    await system.removeFile(PASSPHRASE_FILE)
    return undefined
  },
  verify: ({ plan, system }) => findWrongKeys(system, plan),
}

function recoveryKeyOf(stdout: string): Secret {
  const key = stdout
    .split('\n')
    .map((line) => line.trim())
    .find((line) => RECOVERY_KEY.test(line))
  if (key !== undefined) return new Secret(key)
  throw new UserError('systemd-cryptenroll printed no recovery key', {
    nextSteps: ['turn the recovery key off, and make one on the installed system'],
  })
}

async function findWrongKeys(system: System, plan: Plan): Promise<readonly Problem[]> {
  const { luksDevice } = plan.storage
  const header = await readLuksHeader(system, luksDevice)
  if (header === null) {
    return [
      { code: 'luks-unreadable', path: ['target', 'keys'], message: `${luksDevice} has no readable LUKS2 header` },
    ]
  }
  const wanted = [...(plan.tpmUnlock ? [TPM_TOKEN] : []), ...(plan.recoveryKey ? [RECOVERY_TOKEN] : [])]
  const problems: Problem[] = wanted
    .filter((token) => header.tokens.filter((found) => found === token).length !== 1)
    .map((token) => ({
      code: 'key-missing',
      path: ['target', 'keys', token],
      message: `${luksDevice} should have exactly one key of type ${token}`,
    }))
  // One slot for the passphrase, one for each token.
  if (header.keyslots !== wanted.length + 1) {
    const message = `${luksDevice} should have ${wanted.length + 1} keys, it has ${header.keyslots}`
    problems.push({ code: 'wrong-key-count', path: ['target', 'keys'], message })
  }
  if (await system.exists(PASSPHRASE_FILE)) {
    problems.push({ code: 'passphrase-left', path: ['target', 'keys'], message: `${PASSPHRASE_FILE} is still there` })
  }
  return problems
}
