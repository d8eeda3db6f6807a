import { expect, test } from 'vitest'
import { Secret } from '../model/secret.ts'
import { Bug, UserError } from '../system/errors.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { secrets, taskContext, zfsPlan } from '../testing/task-context.ts'
import { passwords } from './passwords.ts'

// Which way the password goes, and that it goes no other.

const HASH = '$y$j9T$VbZ0Wbw1FfZ1jyAE8Vh5H/$sT4rUEbwzQNk6bR7gU4v3A8n7i5QnYcXxDm0Lb1Zk.2'
const HASH_FILE = '/mnt/var/lib/keystone/secrets/password-hash'

test('the password goes to mkpasswd by stdin and its hash to a file that only root can read', async () => {
  const system = fakeSystem({ commands: { 'mkpasswd -m yescrypt -s': `${HASH}\n` } })
  const context = taskContext(system)
  await passwords.run(context)
  expect(system.calls()[0]).toMatchObject({ stdin: 'staple-canary', options: { isSecretOutput: true } })
  expect(system.written().get(HASH_FILE)).toEqual({ content: `${HASH}\n`, mode: 0o600, wasSecret: true })
  expect(system.madeDirectories().get('/mnt/var/lib/keystone/secrets')).toBe(0o700)
  expect(await passwords.verify(context)).toEqual([])
  expect(await passwords.check(context)).toBe('done')
})

test('anything but a yescrypt hash is refused and not written', async () => {
  const system = fakeSystem({ commands: { 'mkpasswd -m yescrypt -s': '$6$salt$hash\n' } })
  await expect(passwords.run(taskContext(system))).rejects.toBeInstanceOf(UserError)
  expect(system.written().size).toBe(0)
  expect(await passwords.verify(taskContext(system))).toMatchObject([{ code: 'password-missing' }])
})

const GIVEN = '$6$rounds=5000$salt$AbC/.123'

test('a hash that was given is used as it is, and no program sees it', async () => {
  const system = fakeSystem()
  const given = { ...secrets, password: null, passwordHash: new Secret(GIVEN) }
  await passwords.run(taskContext(system, { secrets: given }))
  expect(system.calls()).toEqual([])
  expect(system.written().get(HASH_FILE)).toEqual({ content: `${GIVEN}\n`, mode: 0o600, wasSecret: true })
  expect(await passwords.verify(taskContext(system, { secrets: given }))).toEqual([])
  const other = { ...given, passwordHash: new Secret('$6$other$hash') }
  expect(await passwords.check(taskContext(system, { secrets: other }))).toBe('todo')
})

test('the wireless passphrase and the join token get files of their own, as their readers want them', async () => {
  const system = fakeSystem({ commands: { 'mkpasswd -m yescrypt -s': `${HASH}\n` } })
  const given = { ...secrets, wifiPassphrase: new Secret('air canary = 1'), joinToken: new Secret('token-canary') }
  const plan = { ...zfsPlan, network: { ...zfsPlan.network, wifi: { ssid: 'home' } } }
  const context = taskContext(system, { plan, secrets: given })
  await passwords.run(context)
  const at = (name: string) => system.written().get(`/mnt/var/lib/keystone/secrets/${name}`)
  expect(at('wifi.conf')).toEqual({ content: 'psk_wifi=air canary = 1\n', mode: 0o600, wasSecret: true })
  expect(at('join-token')).toEqual({ content: 'token-canary\n', mode: 0o600, wasSecret: true })
  expect(await passwords.verify(context)).toEqual([])
  await system.removeFile('/mnt/var/lib/keystone/secrets/join-token')
  expect((await passwords.verify(context)).map(({ message }) => message)).toEqual([
    '/mnt/var/lib/keystone/secrets/join-token holds no secret, or not the one that was given',
  ])
})

test('neither a password nor its hash is a bug', async () => {
  const context = taskContext(fakeSystem(), { secrets: { ...secrets, password: null } })
  await expect(passwords.run(context)).rejects.toBeInstanceOf(Bug)
})

test('a secret that nobody knows is a bug, and never left out in silence', async () => {
  const wireless = { ...zfsPlan, network: { ...zfsPlan.network, wifi: { ssid: 'home' } } }
  await expect(passwords.run(taskContext(fakeSystem(), { plan: wireless }))).rejects.toBeInstanceOf(Bug)
  const join = { server: 'https://primer.home:6443', caHash: 'sha256:0' }
  const joining = { ...zfsPlan, cluster: { ...zfsPlan.cluster, role: 'worker', join } as const }
  await expect(passwords.run(taskContext(fakeSystem(), { plan: joining }))).rejects.toBeInstanceOf(Bug)
})
