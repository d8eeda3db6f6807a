import { expect, test } from 'vitest'
import { begunInstall, earlierInstall } from '../testing/begun.ts'
import { begunSecretProblems, begunSecrets, readRecoveryKey } from './begun-secrets.ts'

const KEY = 'dddddddd-bbbbbbbb-cbdefghi-jklnrtuv-tuvcbdef-gggggggg-hhhhhhhh-iiiiiiii'
const typed = { earlier: earlierInstall, secretTexts: {}, isKeyLost: false, recoveryKey: null }
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
  expect(codes({ ...typed, secretTexts: short })).toEqual(['recoveryKey wrong-recovery-key'])
})

test('the disks judge the passphrase they were formatted with; one for disks that are not formatted must be sound', () => {
  const tasks = begunInstall.tasks.map((task) => ({ ...task, stand: 'not begun' as const }))
  const earlier = { ...earlierInstall, begun: { ...begunInstall, tasks } }
  const secretTexts = { passphrase: 'x', password: 'y', recoveryKey: KEY }
  expect(codes({ ...typed, secretTexts })).toEqual([])
  expect(codes({ ...typed, earlier, secretTexts })).toEqual(['passphrase passphrase-too-short'])
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
