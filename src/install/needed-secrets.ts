import { TASK_IDS, type TaskId } from '../model/event.ts'
import type { InstallSecrets } from '../model/install-secrets.ts'
import type { Plan } from '../model/plan.ts'
import type { Begun } from '../model/saved-install.ts'
import { CHANGES_NOTHING, LEAVES_LATER } from './journal-state.ts'

type SecretName = keyof InstallSecrets

/** What somebody must give again to go on: no secret was ever written down. A task that is finished needs none of its own any
 *  more; the first that is not makes all after it run, if anything is built on it. */
export function neededSecrets({ saved, tasks }: Begun): readonly SecretName[] {
  const first = tasks.findIndex(
    ({ id, stand }) => stand !== 'finished' && !CHANGES_NOTHING.has(id) && !LEAVES_LATER.has(id),
  )
  const open = first < 0 ? [] : TASK_IDS.slice(TASK_IDS.indexOf(tasks[first]?.id ?? 'finish'))
  return secretsFor(saved.plan, open, hasPasswordHash(saved.answers))
}

/** Which secrets these tasks need and do not have. */
export function missingSecrets(plan: Plan, secrets: InstallSecrets, tasks: readonly TaskId[]): readonly SecretName[] {
  const hasHash = secrets.passwordHash !== null
  return secretsFor(plan, tasks, hasHash).filter((name) => secrets[name] === null)
}

function secretsFor(plan: Plan, tasks: readonly TaskId[], hasHash: boolean): readonly SecretName[] {
  const isOpen = (task: TaskId) => tasks.includes(task)
  const needed: readonly (readonly [name: SecretName, isNeeded: boolean])[] = [
    // Opens the disks again, whatever else is left to do.
    ['passphrase', plan.storage.isEncrypted],
    ['pin', plan.unlock === 'tpm-pin' && isOpen('enroll-keys')],
    ['recoveryKey', plan.recoveryKey && isOpen('enroll-keys')],
    [hasHash ? 'passwordHash' : 'password', isOpen('passwords')],
    ['wifiPassphrase', plan.network.wifi !== null && isOpen('passwords')],
    ['joinToken', plan.cluster.join !== null && isOpen('passwords')],
  ]
  return needed.flatMap(([name, isNeeded]) => (isNeeded ? [name] : []))
}

/** In the text of `writeAnswers`, which names the file that a hash would be in. */
function hasPasswordHash(answers: string): boolean {
  return /^ {2}passwordHashFile: /m.test(answers)
}
