import { expect, test } from 'vitest'
import { UserError } from '../system/errors.ts'
import { type FakeAnswer, fakeSystem } from '../testing/fake-system.ts'
import { ext4Plan, taskContext, zfsPlan } from '../testing/task-context.ts'
import { enrollKeys } from './enroll-keys.ts'
import { passwords } from './passwords.ts'

// The tasks that handle secrets: which way they go, and that they go no other.

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

const DUMP = 'cryptsetup luksDump --dump-json-metadata /dev/zvol/rpool/credstore'
const TPM =
  'systemd-cryptenroll --unlock-key-file=/run/keystone/passphrase --tpm2-device=auto --tpm2-pcrs=7 /dev/zvol/rpool/credstore'
const RECOVERY =
  'systemd-cryptenroll --unlock-key-file=/run/keystone/passphrase --recovery-key /dev/zvol/rpool/credstore'
const KEY = 'cbdefghi-jklnrtuv-cbdefghi-jklnrtuv-cbdefghi-jklnrtuv-cbdefghi-jklnrtuv'

function header(keyslots: number, ...tokens: string[]): string {
  return JSON.stringify({
    keyslots: Object.fromEntries(Array.from({ length: keyslots }, (_, slot) => [slot, { type: 'luks2' }])),
    tokens: Object.fromEntries(tokens.map((type, index) => [index, { type, keyslots: [String(index + 1)] }])),
  })
}
const BOTH = header(3, 'systemd-tpm2', 'systemd-recovery')

function machine(commands: Record<string, FakeAnswer | readonly FakeAnswer[]> = {}) {
  return fakeSystem({ commands: { [DUMP]: [header(1), BOTH], [TPM]: '', [RECOVERY]: `${KEY}\n`, ...commands } })
}

test('enrols the TPM and a recovery key by the passphrase, which is there only meanwhile', async () => {
  let passphrase: unknown
  const system = machine({
    [TPM]: () => {
      passphrase = system.written().get('/run/keystone/passphrase')
      return ''
    },
  })
  const context = taskContext(system)
  await enrollKeys.run(context)
  expect(system.runs()).toEqual([TPM, RECOVERY])
  expect(passphrase).toEqual({ content: 'correct horse battery', mode: 0o600, wasSecret: true })
  expect(system.removed()).toEqual(['/run/keystone/passphrase'])
  expect(await enrollKeys.verify(context)).toEqual([])
})

test('the recovery key is shown once, and is in no log, progress or output', async () => {
  const system = machine()
  const context = taskContext(system)
  const outputs = await enrollKeys.run(context)
  expect(context.shown).toEqual([KEY])
  expect(system.calls().find(({ line }) => line === RECOVERY)?.options.isSecretOutput).toBe(true)
  expect(JSON.stringify([context.logged, context.steps, outputs ?? null])).not.toContain('cbdefghi')
})

test('a run after a crash replaces the keys instead of adding more', async () => {
  const tpmAgain = TPM.replace(' /dev/', ' --wipe-slot=tpm2 /dev/')
  const recoveryAgain = RECOVERY.replace(' /dev/', ' --wipe-slot=recovery /dev/')
  const system = machine({ [DUMP]: BOTH, [tpmAgain]: '', [recoveryAgain]: KEY })
  await enrollKeys.run(taskContext(system))
  expect(system.runs()).toEqual([tpmAgain, recoveryAgain])
})

test('does nothing when the passphrase is the only way in', async () => {
  const dump = 'cryptsetup luksDump --dump-json-metadata /dev/disk/by-partlabel/disk-a-root'
  const system = fakeSystem({ commands: { [dump]: header(1) } })
  const context = taskContext(system, { plan: ext4Plan })
  await enrollKeys.run(context)
  expect(system.calls()).toEqual([])
  expect(system.written().size).toBe(0)
  expect(await enrollKeys.verify(context)).toEqual([])
})

test('a text that is no recovery key is not shown as one, nor told in the error', async () => {
  const system = machine({ [RECOVERY]: 'almost-a-key\n' })
  const context = taskContext(system)
  const error = await enrollKeys.run(context).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UserError)
  expect(String(error)).not.toContain('almost')
  expect(context.shown).toEqual([])
})

test.each([
  ['no token', header(1), ['key-missing', 'key-missing', 'wrong-key-count']],
  [
    'a second TPM token',
    header(4, 'systemd-tpm2', 'systemd-tpm2', 'systemd-recovery'),
    ['key-missing', 'wrong-key-count'],
  ],
  ['a key too many', header(4, 'systemd-tpm2', 'systemd-recovery'), ['wrong-key-count']],
])('is not kept with %s', async (_, dump, codes) => {
  const problems = await enrollKeys.verify(taskContext(machine({ [DUMP]: dump })))
  expect(problems.map(({ code }) => code)).toEqual(codes)
})

test('is not kept when the header cannot be read or the passphrase still lies about', async () => {
  expect(await enrollKeys.verify(taskContext(machine({ [DUMP]: { exitCode: 4 } })))).toMatchObject([
    { code: 'luks-unreadable' },
  ])
  const system = machine({ [DUMP]: BOTH })
  await system.writeFile('/run/keystone/passphrase', 'left', { mode: 0o600 })
  expect(await enrollKeys.verify(taskContext(system))).toMatchObject([{ code: 'passphrase-left' }])
})

test('a resumed install makes a new recovery key, because nobody may have read the first', async () => {
  expect(await enrollKeys.check(taskContext(machine({ [DUMP]: BOTH })))).toBe('todo')
  const withoutRecovery = { ...zfsPlan, recoveryKey: false }
  const system = machine({ [DUMP]: header(2, 'systemd-tpm2') })
  expect(await enrollKeys.check(taskContext(system, { plan: withoutRecovery }))).toBe('done')
})
