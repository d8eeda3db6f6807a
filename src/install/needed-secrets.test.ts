import { expect, test } from 'vitest'
import { TASK_IDS, type TaskId } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import { Secret } from '../model/secret.ts'
import { begunInstall } from '../testing/begun.ts'
import { ext4Plan, plainPlan, secrets, zfsPlan } from '../testing/task-context.ts'
import { missingSecrets, neededSecrets } from './needed-secrets.ts'

/** Everything before `next` is finished. */
const needed = (next: TaskId, plan: Plan = zfsPlan, answers = '') =>
  neededSecrets({
    ...begunInstall,
    saved: { ...begunInstall.saved, plan, answers },
    tasks: TASK_IDS.map((id) => ({ id, stand: TASK_IDS.indexOf(id) < TASK_IDS.indexOf(next) ? 'finished' : 'begun' })),
  })

test('only what is left to do asks for its secrets, and the disks always ask for theirs', () => {
  expect(needed('build')).toEqual(['passphrase', 'recoveryKey', 'password'])
  expect(needed('enroll-keys')).toEqual(['passphrase', 'recoveryKey'])
  expect(needed('stage-phases')).toEqual(['passphrase'])
  expect(needed('build', plainPlan)).toEqual(['password'])
  expect(needed('stage-phases', plainPlan)).toEqual([])
  expect(needed('build', { ...ext4Plan, unlock: 'tpm-pin' })).toEqual(['passphrase', 'pin', 'password'])
})

test('what comes after an unfinished task runs again, so its secrets are needed, finished or not', () => {
  const tasks = TASK_IDS.map((id) => ({ id, stand: id === 'build' ? ('failed' as const) : ('finished' as const) }))
  expect(neededSecrets({ ...begunInstall, tasks })).toEqual(['passphrase', 'recoveryKey', 'password'])
})

test('tasks that only look make nothing run again', () => {
  const tasks = TASK_IDS.map((id) => ({
    id,
    stand: id === 'preflight' || id === 'copy-log' ? ('begun' as const) : ('finished' as const),
  }))
  expect(neededSecrets({ ...begunInstall, tasks })).toEqual(['passphrase'])
})

test('a password that was given as a hash is needed as a hash', () => {
  const answers = 'identity:\n  hostName: primer\n  passwordHashFile: password-hash.txt\n'
  expect(needed('passwords', plainPlan, answers)).toEqual(['passwordHash'])
})

test('the wireless network and the cluster to join have theirs', () => {
  const join = { server: 'https://primer.home:6443', caHash: 'sha256:0' }
  const plan: Plan = {
    ...plainPlan,
    network: { ...plainPlan.network, wifi: { ssid: 'home' } },
    cluster: { ...plainPlan.cluster, role: 'worker', join },
  }
  expect(needed('install', plan)).toEqual(['password', 'wifiPassphrase', 'joinToken'])
  expect(needed('enroll-keys', plan)).toEqual([])
})

test('says which of them nobody has given', () => {
  expect(missingSecrets(zfsPlan, secrets, TASK_IDS)).toEqual([])
  expect(missingSecrets(zfsPlan, { ...secrets, password: null, recoveryKey: null }, TASK_IDS)).toEqual([
    'recoveryKey',
    'password',
  ])
  expect(missingSecrets(zfsPlan, { ...secrets, password: null }, ['enroll-keys'])).toEqual([])
  const hashed = { ...secrets, password: null, passwordHash: new Secret('$y$j9T$a$b') }
  expect(missingSecrets(zfsPlan, hashed, TASK_IDS)).toEqual([])
})

test('keys and password that are set already are not asked for, when only the boot loader has to be installed again', () => {
  const tasks = TASK_IDS.map((id) => ({ id, stand: id === 'install' ? ('begun' as const) : ('finished' as const) }))
  expect(neededSecrets({ ...begunInstall, tasks })).toEqual(['passphrase'])
  const before = TASK_IDS.indexOf('enroll-keys')
  const set = TASK_IDS.map((id, at) => ({ id, stand: at <= before ? ('finished' as const) : ('not begun' as const) }))
  expect(neededSecrets({ ...begunInstall, tasks: set })).toEqual(['passphrase'])
})
