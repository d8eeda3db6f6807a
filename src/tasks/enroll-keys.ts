import { recoveryKeyForms } from '../credentials/recovery-key.ts'
import { type LuksHeader, readLuksHeader } from '../install/luks-header.ts'
import { findWrongKeys, opensBy, RECOVERY_TOKEN, refusedBy } from '../install/luks-keys.ts'
import { CREDENTIALS_DIRECTORY, PIN_FILE } from '../install/runtime-files.ts'
import { PASSPHRASE_FILE, RUNTIME_DIRECTORY } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import type { Secret } from '../model/secret.ts'
import { Bug, UserError } from '../system/errors.ts'
import { programs } from '../system/programs.ts'
import type { System } from '../system/system.ts'
import type { TaskContext, TaskWork } from './task.ts'

/** A key of 256 random bits needs no stretching; systemd takes the same. Source: systemd, src/shared/cryptsetup-util.c */
const QUICK_PBKDF = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000', '--hash', 'sha512']

/** More ways to unlock besides the passphrase, which disko has set: the TPM, and the recovery key that was shown before
 *  anything was erased. The passphrase's own slot is never touched. */
export const enrollKeys: TaskWork = {
  id: 'enroll-keys',
  check: async (context) => ((await findProblems(context)).length === 0 ? 'done' : 'todo'),
  async run({ plan, system, secrets, progress }) {
    const { luksDevice } = plan.storage
    const { hasTpm, hasPin } = wanted(plan)
    if (luksDevice === null || (!hasTpm && !plan.recoveryKey)) return undefined
    if (secrets.passphrase === null) throw new Bug('the disk is encrypted, and nobody knows the passphrase')
    try {
      await system.makeDirectory(RUNTIME_DIRECTORY, { mode: 0o700 })
      await system.writeFile(PASSPHRASE_FILE, secrets.passphrase, { mode: 0o600 })
      await removeOtherKeys(system, luksDevice)
      if (hasTpm) {
        progress(0.1, 'the TPM')
        await enrollTpm(system, luksDevice, hasPin ? secrets.pin : null)
      }
      if (plan.recoveryKey) {
        if (secrets.recoveryKey === null) throw new Bug('no recovery key was made')
        progress(0.6, 'the recovery key')
        // In a dry run there is no header: as after the lines above.
        const taken = [...((await readLuksHeader(system, luksDevice))?.keyslots ?? (hasTpm ? [0, 1] : [0]))]
        for (const form of recoveryKeyForms(secrets.recoveryKey)) {
          const slot = firstFree(taken)
          await addRecoveryKey(system, luksDevice, form, slot)
          taken.push(slot)
        }
      }
    } finally {
      await system.removeFile(PIN_FILE)
      await system.removeFile(PASSPHRASE_FILE)
    }
    return undefined
  },
  verify: (context) => findProblems(context),
}

const wanted = (plan: Plan) => ({
  hasTpm: plan.unlock === 'tpm' || plan.unlock === 'tpm-pin',
  hasPin: plan.unlock === 'tpm-pin',
})

async function findProblems({ plan, system, secrets }: TaskContext) {
  const { luksDevice } = plan.storage
  if (luksDevice === null) return []
  const recoveryKey = plan.recoveryKey ? secrets.recoveryKey : null
  return findWrongKeys(system, luksDevice, {
    ...wanted(plan),
    hasRecoveryKey: plan.recoveryKey,
    passphrase: secrets.passphrase,
    recoveryKey,
  })
}

/** Nothing is there on a first run. A run after a crash finds slots that a token names, and slots that none names. */
async function removeOtherKeys(system: System, device: string): Promise<void> {
  const header = await readLuksHeader(system, device)
  if (header === null || isFresh(header)) return
  const own: number[] = []
  for (const slot of header.keyslots) if (await opensBy(system, device, PASSPHRASE_FILE, slot)) own.push(slot)
  if (own.length === 0) {
    throw new UserError(`the passphrase does not open ${device}`, {
      problems: [refusedBy(device)],
    })
  }
  for (const slot of header.keyslots.filter((other) => !own.includes(other))) {
    // By the passphrase's key file cryptsetup refuses to remove the last slot that it opens.
    await system.run(programs.cryptsetup, ['luksKillSlot', '--key-file', PASSPHRASE_FILE, device, String(slot)])
  }
  for (const { id } of header.tokens) {
    await system.run(programs.cryptsetup, ['token', 'remove', '--token-id', String(id), device])
  }
}

const isFresh = ({ keyslots, tokens }: LuksHeader) => keyslots.length === 1 && tokens.length === 0

function firstFree(taken: readonly number[]): number {
  let slot = 0
  while (taken.includes(slot)) slot += 1
  return slot
}

/** PCR 7, always: it is what is the same on the medium and on the installed system as long as Secure Boot's state and
 *  keys are. Where it is not, the first boot asks for the passphrase, and `keystone tpm re-enroll` sets it right.
 *  The PIN reaches systemd-cryptenroll as a credential; in its environment there is only the folder's path. */
async function enrollTpm(system: System, device: string, pin: Secret | null): Promise<void> {
  const args = [`--unlock-key-file=${PASSPHRASE_FILE}`, '--tpm2-device=auto', '--tpm2-pcrs=7']
  if (pin === null) {
    await system.run(programs.systemdCryptenroll, [...args, device])
    return
  }
  await system.makeDirectory(CREDENTIALS_DIRECTORY, { mode: 0o700 })
  await system.writeFile(PIN_FILE, pin, { mode: 0o600 })
  await system.run(programs.systemdCryptenroll, [...args, '--tpm2-with-pin=yes', device], {
    credentialsDirectory: CREDENTIALS_DIRECTORY,
  })
}

/** With the token that systemd knows a recovery key by. Source: systemd, src/cryptenroll/cryptenroll-recovery.c */
async function addRecoveryKey(system: System, device: string, key: Secret, slot: number): Promise<void> {
  const place = ['--key-file', PASSPHRASE_FILE, '--new-key-slot', String(slot)]
  await system.run(programs.cryptsetup, ['luksAddKey', ...place, ...QUICK_PBKDF, device, '-'], { stdin: key })
  const token = JSON.stringify({ type: RECOVERY_TOKEN, keyslots: [String(slot)] })
  await system.run(programs.cryptsetup, ['token', 'import', '--json-file', '-', device], { stdin: token })
}
