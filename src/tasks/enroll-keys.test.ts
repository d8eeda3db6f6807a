import { expect, test } from 'vitest'
import type { InstallSecrets } from '../model/install-secrets.ts'
import type { Plan } from '../model/plan.ts'
import { Secret } from '../model/secret.ts'
import { Bug, CommandError, UserError } from '../system/errors.ts'
import { type FakeAnswer, fakeSystem } from '../testing/fake-system.ts'
import { ext4Plan, taskContext, zfsPlan } from '../testing/task-context.ts'
import { enrollKeys } from './enroll-keys.ts'

const DEVICE = '/dev/zvol/rpool/credstore'
const PASSPHRASE = '/run/keystone/passphrase'
const PIN = '/run/keystone/credentials/cryptenroll.new-tpm2-pin'
const KEY = 'cbdefghi-jklnrtuv-cbdefghi-jklnrtuv-cbdefghi-jklnrtuv-cbdefghi-jklnrtuv'

const DUMP = `cryptsetup luksDump --dump-json-metadata ${DEVICE}`
const TPM = `systemd-cryptenroll --unlock-key-file=${PASSPHRASE} --tpm2-device=auto --tpm2-pcrs=7 ${DEVICE}`
const TPM_PIN = TPM.replace(' /dev/', ' --tpm2-with-pin=yes /dev/')
const ADD = (slot: number) =>
  `cryptsetup luksAddKey --key-file ${PASSPHRASE} --new-key-slot ${slot} --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --hash sha512 ${DEVICE} -`
const IMPORT = `cryptsetup token import --json-file - ${DEVICE}`
const OPENS = `cryptsetup open --test-passphrase --key-file - ${DEVICE}`
const OPENS_SLOT = (slot: number, file = '-') =>
  `cryptsetup open --test-passphrase --key-slot ${slot} --key-file ${file} ${DEVICE}`

const secrets: InstallSecrets = {
  passphrase: new Secret('correct horse battery'),
  pin: new Secret('246810'),
  recoveryKey: new Secret(KEY),
  password: null,
  passwordHash: null,
  wifiPassphrase: null,
  joinToken: null,
}
const plan = (changes: Partial<Plan> = {}): Plan => ({ ...zfsPlan, unlock: 'tpm', recoveryKey: true, ...changes })

const tpmToken = { type: 'systemd-tpm2', 'tpm2-pcrs': [7], 'tpm2-policy-hash': '8b56' }
const pinToken = { ...tpmToken, 'tpm2-pin': true }
const recoveryToken = { type: 'systemd-recovery' }
/** A header with that many slots from 0, and tokens for the slots from 1. */
function header(slots: number, ...tokens: readonly object[]): string {
  return JSON.stringify({
    keyslots: Object.fromEntries(Array.from({ length: slots }, (_, slot) => [slot, { type: 'luks2' }])),
    tokens: Object.fromEntries(tokens.map((token, index) => [index, { keyslots: [String(index + 1)], ...token }])),
  })
}
const BOTH = header(4, tpmToken, recoveryToken, recoveryToken)

function machine(commands: Record<string, FakeAnswer | readonly FakeAnswer[]> = {}) {
  return fakeSystem({
    commands: {
      // Before, after the TPM, at the end.
      [DUMP]: [header(1), header(2, tpmToken), BOTH],
      [TPM]: '',
      [TPM_PIN]: '',
      [ADD(1)]: '',
      [ADD(2)]: '',
      [ADD(3)]: '',
      [IMPORT]: '',
      [OPENS]: '',
      [OPENS_SLOT(2)]: '',
      [OPENS_SLOT(3)]: '',
      ...commands,
    },
  })
}
const context = (system: ReturnType<typeof machine>, changes: Partial<Plan> = {}, own: Partial<InstallSecrets> = {}) =>
  taskContext(system, { plan: plan(changes), secrets: { ...secrets, ...own } })

test('enrols the TPM for PCR 7 and the recovery key, as on paper and as in its QR code, with the token systemd knows it by', async () => {
  const system = machine()
  await enrollKeys.run(context(system))
  expect(system.runs()).toEqual([TPM, ADD(2), IMPORT, ADD(3), IMPORT])
  const given = system.calls().filter(({ line }) => line.startsWith('cryptsetup luksAddKey') || line === IMPORT)
  expect(given.map(({ stdin }) => stdin)).toEqual([
    KEY,
    '{"type":"systemd-recovery","keyslots":["2"]}',
    'CBDEFGHI-JKLNRTUV-CBDEFGHI-JKLNRTUV-CBDEFGHI-JKLNRTUV-CBDEFGHI-JKLNRTUV',
    '{"type":"systemd-recovery","keyslots":["3"]}',
  ])
})

test('secrets go by stdin and by files that only root can read, and are gone afterwards', async () => {
  const seen: unknown[] = []
  const look = () => {
    seen.push([...system.written()])
    return ''
  }
  const system = machine({ [TPM_PIN]: look })
  const told = context(system, { unlock: 'tpm-pin' })
  await enrollKeys.run(told)
  expect(seen).toEqual([
    [
      [PASSPHRASE, { content: 'correct horse battery', mode: 0o600, wasSecret: true }],
      [PIN, { content: '246810', mode: 0o600, wasSecret: true }],
    ],
  ])
  expect(Object.fromEntries(system.madeDirectories())).toEqual({
    '/run/keystone': 0o700,
    '/run/keystone/credentials': 0o700,
  })
  expect(system.calls().find(({ line }) => line === ADD(2))?.stdin).toBe(KEY)
  expect(system.calls().find(({ line }) => line === TPM_PIN)?.options).toEqual({
    credentialsDirectory: '/run/keystone/credentials',
  })
  expect(system.written().size).toBe(0)
  expect(JSON.stringify([system.runs(), told.logged, told.steps])).not.toMatch(/246810|cbdefghi|horse/i)
})

test('a TPM that refuses leaves no secret behind', async () => {
  const refusal = new CommandError({ program: 'systemd-cryptenroll', line: TPM_PIN, exitCode: 1, lastLines: [] })
  const system = machine({ [TPM_PIN]: refusal })
  await expect(enrollKeys.run(context(system, { unlock: 'tpm-pin' }))).rejects.toBe(refusal)
  expect(system.written().size).toBe(0)
})

test('a run after a crash removes every slot that the passphrase does not open, then starts anew', async () => {
  const kill = (slot: number) => `cryptsetup luksKillSlot --key-file ${PASSPHRASE} ${DEVICE} ${slot}`
  const remove = (id: number) => `cryptsetup token remove --token-id ${id} ${DEVICE}`
  // Slot 3 is one that was added when the power went, before its token was.
  const system = machine({
    [DUMP]: [header(4, tpmToken, recoveryToken), header(2, tpmToken)],
    [OPENS_SLOT(0, PASSPHRASE)]: '',
    [OPENS_SLOT(1, PASSPHRASE)]: { exitCode: 2 },
    [OPENS_SLOT(2, PASSPHRASE)]: { exitCode: 2 },
    [OPENS_SLOT(3, PASSPHRASE)]: { exitCode: 2 },
    [kill(1)]: '',
    [kill(2)]: '',
    [kill(3)]: '',
    [remove(0)]: '',
    [remove(1)]: '',
  })
  await enrollKeys.run(context(system))
  expect(system.runs()).toEqual([kill(1), kill(2), kill(3), remove(0), remove(1), TPM, ADD(2), IMPORT, ADD(3), IMPORT])
})

test('removes nothing when the passphrase opens no slot', async () => {
  const refused = { exitCode: 2 }
  const system = machine({
    [DUMP]: header(2, tpmToken),
    [OPENS_SLOT(0, PASSPHRASE)]: refused,
    [OPENS_SLOT(1, PASSPHRASE)]: refused,
  })
  await expect(enrollKeys.run(context(system))).rejects.toBeInstanceOf(UserError)
  expect(system.runs()).toEqual([])
})

test('a recovery key without TPM takes slots 1 and 2', async () => {
  const system = machine({ [DUMP]: header(1) })
  await enrollKeys.run(context(system, { unlock: 'passphrase' }))
  expect(system.runs()).toEqual([ADD(1), IMPORT, ADD(2), IMPORT])
})

test('in a dry run, without a header, the lines are those of a real run', async () => {
  const system = machine({ [DUMP]: { exitCode: 4 } })
  await enrollKeys.run(context(system))
  expect(system.runs()).toEqual([TPM, ADD(2), IMPORT, ADD(3), IMPORT])
})

test('without encryption there is nothing to do and nothing to check', async () => {
  const system = fakeSystem()
  const told = context(system, {
    unlock: 'none',
    recoveryKey: false,
    storage: { ...ext4Plan.storage, luksDevice: null, luksName: null },
  })
  expect(await enrollKeys.check(told)).toBe('done')
  await enrollKeys.run(told)
  expect(await enrollKeys.verify(told)).toEqual([])
  expect(system.calls()).toEqual([])
})

test('with the passphrase alone nothing is enrolled, and the passphrase is tried', async () => {
  const system = machine({ [DUMP]: header(1) })
  const told = context(system, { unlock: 'passphrase', recoveryKey: false })
  await enrollKeys.run(told)
  expect(system.runs()).toEqual([])
  expect(await enrollKeys.verify(told)).toEqual([])
  expect(system.calls().map(({ line, stdin }) => [line, stdin])).toEqual([
    [DUMP, null],
    [OPENS, 'correct horse battery'],
  ])
})

test.each<[string, string, Partial<Plan>]>([
  ['TPM and recovery key', BOTH, {}],
  ['TPM with PIN and recovery key', header(4, pinToken, recoveryToken, recoveryToken), { unlock: 'tpm-pin' }],
])('is kept with %s, and both forms of the recovery key are tried on their own slots', async (_, dump, changes) => {
  const system = machine({ [DUMP]: dump })
  expect(await enrollKeys.verify(context(system, changes))).toEqual([])
  expect(await enrollKeys.check(context(system, changes))).toBe('done')
  expect(system.calls().find(({ line }) => line === OPENS_SLOT(2))?.stdin).toBe(KEY)
  expect(system.calls().find(({ line }) => line === OPENS_SLOT(3))?.stdin).toBe(KEY.toUpperCase())
})

test.each<[string, string, Partial<Plan>, string[]]>([
  ['no token', header(1), {}, ['key-missing', 'key-missing', 'wrong-key-count']],
  [
    'a second TPM token',
    header(5, tpmToken, recoveryToken, recoveryToken, tpmToken),
    {},
    ['key-too-many', 'wrong-key-count'],
  ],
  ['a slot without token', header(5, tpmToken, recoveryToken, recoveryToken), {}, ['wrong-key-count']],
  ['one form of the recovery key', header(3, tpmToken, recoveryToken), {}, ['key-missing', 'wrong-key-count']],
  ['a token without slot', header(4, tpmToken, recoveryToken, { ...recoveryToken, keyslots: [] }), {}, ['key-missing']],
  ['a TPM token that nobody asked for', BOTH, { unlock: 'passphrase' }, ['key-too-many', 'wrong-key-count']],
  ['other PCRs', header(4, { ...tpmToken, 'tpm2-pcrs': [] }, recoveryToken, recoveryToken), {}, ['wrong-policy']],
  ['no PIN where one is wanted', BOTH, { unlock: 'tpm-pin' }, ['wrong-policy']],
  ['a PIN where none is wanted', header(4, pinToken, recoveryToken, recoveryToken), {}, ['wrong-policy']],
])('is not kept with %s', async (_, dump, changes, codes) => {
  const problems = await enrollKeys.verify(context(machine({ [DUMP]: dump }), changes))
  expect(problems.map(({ code }) => code)).toEqual(codes)
})

test('is not kept when a key that was shown does not open the disk', async () => {
  const wrong = { exitCode: 2 }
  const recovery = machine({ [DUMP]: BOTH, [OPENS_SLOT(3)]: wrong })
  expect(await enrollKeys.verify(context(recovery))).toEqual([
    {
      code: 'recovery-key-wrong',
      path: ['target', 'keys'],
      message: `the recovery key does not open ${DEVICE}`,
    },
  ])
  // A resumed install that shows another recovery key enrols that one.
  expect(await enrollKeys.check(context(recovery))).toBe('todo')
  const passphrase = machine({ [DUMP]: BOTH, [OPENS]: wrong })
  expect(await enrollKeys.verify(context(passphrase))).toMatchObject([{ code: 'passphrase-wrong' }])
})

test('is not kept when the header cannot be read or a secret still lies about', async () => {
  expect(await enrollKeys.verify(context(machine({ [DUMP]: { exitCode: 4 } })))).toMatchObject([
    { code: 'luks-unreadable' },
  ])
  const system = machine({ [DUMP]: BOTH })
  await system.writeFile(PASSPHRASE, 'left', { mode: 0o600 })
  await system.writeFile(PIN, 'left', { mode: 0o600 })
  expect(await enrollKeys.verify(context(system))).toMatchObject([{ code: 'secret-left' }, { code: 'secret-left' }])
})

test('what should be known and is not is a bug, found before anything is changed', async () => {
  const system = machine()
  await expect(enrollKeys.run(context(system, {}, { passphrase: null }))).rejects.toBeInstanceOf(Bug)
  expect(system.runs()).toEqual([])
})
