import { expect, test } from 'vitest'
import { loadDictionaries } from '../credentials/secret-strength.ts'
import { begunInstall, earlierInstall } from '../testing/begun.ts'
import { askedSecrets, begunSecretProblems, begunSecrets, readRecoveryKey } from './begun-secrets.ts'

const KEY = 'dddddddd-bbbbbbbb-cbdefghi-jklnrtuv-tuvcbdef-gggggggg-hhhhhhhh-iiiiiiii'
const typed = {
  earlier: earlierInstall,
  begunChoice: 'continue' as const,
  failure: null,
  hardware: null,
  secretTexts: {},
  secretRepeats: {},
  isKeyLost: false,
  recoveryKey: null,
}
const codes = (given: Parameters<typeof begunSecretProblems>[0]) =>
  begunSecretProblems(given).map(({ code, path }) => `${path[1]} ${code}`)

test('a recovery key is read as it stands on paper, in capitals, and without its dashes', () => {
  expect(readRecoveryKey(KEY)?.reveal()).toBe(KEY)
  expect(readRecoveryKey(` ${KEY.toUpperCase().replaceAll('-', ' ')}\n`)?.reveal()).toBe(KEY)
  expect(readRecoveryKey(KEY.slice(0, -1))).toBeNull()
  expect(readRecoveryKey(KEY.replace('d', 'a'))).toBeNull()
})

test('all that is needed must be there, and a lost key is not asked for', () => {
  expect(codes(typed)).toEqual(['passphrase missing', 'password missing', 'recoveryKey missing'])
  expect(codes({ ...typed, isKeyLost: true })).toEqual(['passphrase missing', 'password missing'])
  const short = { passphrase: 'x', password: 'y', recoveryKey: 'dddd' }
  expect(codes({ ...typed, secretTexts: short, secretRepeats: { password: 'y' } })).toEqual([
    'password password-too-short',
    'recoveryKey wrong-recovery-key',
  ])
})

test('the disks judge the passphrase they were formatted with; one for disks that are not formatted must be sound', () => {
  const tasks = begunInstall.tasks.map((task) => ({ ...task, stand: 'not begun' as const }))
  const earlier = { ...earlierInstall, begun: { ...begunInstall, tasks } }
  const secretTexts = { passphrase: 'x', password: 'three random words', recoveryKey: KEY }
  const secretRepeats = { passphrase: 'x', password: 'three random words' }
  expect(codes({ ...typed, secretTexts, secretRepeats })).toEqual([])
  expect(codes({ ...typed, earlier, secretTexts, secretRepeats })).toEqual(['passphrase passphrase-too-short'])
})

test('nothing is handed over that was not asked for', () => {
  const secretTexts = { passphrase: 'four random words here', password: 'y', recoveryKey: KEY, pin: '274619' }
  const given = begunSecrets({ ...typed, secretTexts })
  expect([given.passphrase?.reveal(), given.recoveryKey?.reveal(), given.pin, given.joinToken]).toEqual([
    'four random words here',
    KEY,
    null,
    null,
  ])
  expect(begunSecrets({ ...typed, secretTexts, isKeyLost: true }).recoveryKey).toBeNull()
})

test('what nothing can be held against is typed twice: password and PIN, and a passphrase that no disk has yet', () => {
  const begun = { ...begunInstall, tasks: begunInstall.tasks.map((task) => ({ ...task, stand: 'not begun' as const })) }
  const secrets = ['passphrase', 'pin', 'password', 'wifiPassphrase'] as const
  const secretTexts = {
    passphrase: 'four random words here',
    pin: '274619',
    password: 'three random words',
    wifiPassphrase: 'eight888',
  }
  const given = { ...typed, earlier: { ...earlierInstall, begun, secrets }, secretTexts }
  expect(codes(given)).toEqual(['passphrase passphrases-differ', 'pin pins-differ', 'password passwords-differ'])
  const formatted = { ...given, earlier: { ...earlierInstall, secrets } }
  expect(codes(formatted)).toEqual(['pin pins-differ', 'password passwords-differ'])
  expect(codes({ ...given, secretRepeats: secretTexts })).toEqual([])
})

test('the rules of the first time hold', () => {
  const secrets = ['pin', 'passwordHash', 'wifiPassphrase', 'joinToken'] as const
  const secretTexts = { pin: '123456', passwordHash: 'three random words', wifiPassphrase: 'short', joinToken: 'abc' }
  const given = { ...typed, earlier: { ...earlierInstall, secrets }, secretTexts, secretRepeats: { pin: '123456' } }
  expect(codes(given)).toEqual([
    'pin pin-too-simple',
    'passwordHash invalid-password-hash',
    'wifiPassphrase invalid-wifi-passphrase',
    'joinToken invalid-token',
  ])
})

test('a passphrase for disks that are erased again is refused as on the first day, when it is easy to guess', async () => {
  await loadDictionaries()
  const begun = { ...begunInstall, tasks: begunInstall.tasks.map((task) => ({ ...task, stand: 'not begun' as const })) }
  const secretTexts = { passphrase: 'password1234' }
  const given = { ...typed, secretTexts, secretRepeats: secretTexts }
  expect(codes({ ...given, earlier: { ...earlierInstall, begun, secrets: ['passphrase'] } })).toEqual([
    'passphrase passphrase-too-weak',
  ])
  expect(codes({ ...given, earlier: { ...earlierInstall, secrets: ['passphrase'] } })).toEqual([])
})

test('after a refusal in an install of this wizard the passphrase alone is asked for, and once', () => {
  const diagnosis = { code: 'passphrase-refused', cause: '', remedy: [], waysOn: [] }
  const failure = { task: 'partition' as const, message: '', nextSteps: [], problems: [], diagnosis }
  const state = { ...typed, earlier: null, begunChoice: null, failure }
  expect(askedSecrets(state)).toEqual(['passphrase'])
  expect(codes(state)).toEqual(['passphrase missing'])
  expect(codes({ ...state, secretTexts: { passphrase: 'x' } })).toEqual([])
  expect(askedSecrets({ ...state, failure: null })).toEqual([])
})
