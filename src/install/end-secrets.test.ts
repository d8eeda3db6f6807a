import { expect, test } from 'vitest'
import { Secret } from '../model/secret.ts'
import { createLog } from '../system/log.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { secrets as given } from '../testing/task-context.ts'
import { endSecrets } from './end-secrets.ts'

/** Copies: another test may use the same ones. */
const copies = () => ({
  ...given,
  passphrase: new Secret('canary-passphrase'),
  pin: new Secret('canary-pin'),
  recoveryKey: null,
  password: null,
})

test('at the end every secret is overwritten, in memory and in files, and the log hides nothing any more', async () => {
  const secrets = copies()
  const system = fakeSystem({
    files: { '/run/keystone/credentials/other': 'canary-pin', '/run/keystone/passphrase': 'x' },
  })
  const log = createLog({ append: () => {} })
  log.hide(secrets.passphrase)
  await system.makeDirectory('/run/keystone/credentials', { mode: 0o700 })
  await endSecrets({ system, secrets, log })
  expect([secrets.passphrase.isWiped, secrets.pin.isWiped]).toEqual([true, true])
  expect(system.removed()).toEqual([
    '/run/keystone/passphrase',
    '/run/keystone/credentials/other',
    '/run/keystone/credentials',
  ])
  expect(log.mask('canary-passphrase')).toBe('canary-passphrase')
})

test('a file that cannot be removed keeps none in memory', async () => {
  const secrets = copies()
  const system = {
    ...fakeSystem(),
    removeFile: async () => {
      throw new Error('EIO')
    },
  }
  await expect(endSecrets({ system, secrets, log: createLog({ append: () => {} }) })).rejects.toThrow('EIO')
  expect(secrets.passphrase.isWiped).toBe(true)
})
