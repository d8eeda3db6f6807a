import { expect, test } from 'vitest'
import { loadDictionaries } from '../credentials/secret-strength.ts'
import type { Answers } from '../model/answers.ts'
import { Secret } from '../model/secret.ts'
import { weakPassphrase, weakPassphraseIn } from './weak-passphrase.ts'

const names = { hostName: 'tower', userName: 'anna', clusterName: 'attic' }
const tooWeak = {
  code: 'passphrase-too-weak',
  path: ['encryption', 'passphrase'],
  message: 'this passphrase is too easy to guess: a thief with the disk needs less than a second',
  hint: 'four or five random words are strong and easy to type',
}

test.each([
  ['towertowertower', [tooWeak]],
  ['four random words here', []],
  ['', []],
])('both doors judge %j alike', async (passphrase, problems) => {
  await loadDictionaries()
  expect(weakPassphrase({ ...names, passphrase }, null)).toEqual(problems)
  const answers = {
    encryption: { unlock: 'passphrase', passphrase: new Secret(passphrase), pin: null, recoveryKey: true },
    identity: { hostName: 'tower', userName: 'anna' },
    cluster: { name: 'attic' },
  } as unknown as Answers
  expect(await weakPassphraseIn(passphrase === '' ? {} : answers, null)).toEqual(problems)
})

test.each([
  ['sunshine-2026', ['16 minutes']],
  ['twelve chars', []],
])('what a thief has within hours is refused: %j', async (passphrase, times) => {
  await loadDictionaries()
  expect(weakPassphrase({ ...names, passphrase }, null).map(({ message }) => message)).toEqual(
    times.map((time) => `this passphrase is too easy to guess: a thief with the disk needs ${time}`),
  )
})

test('the problem does not tell the passphrase', async () => {
  await loadDictionaries()
  expect(JSON.stringify(weakPassphrase({ ...names, passphrase: 'canarycanary' }, null))).not.toContain('canary')
})

test('without encryption there is nothing to judge', async () => {
  const answers = { encryption: { unlock: 'none', passphrase: null, pin: null, recoveryKey: false } } as const
  expect(await weakPassphraseIn(answers, null)).toEqual([])
})
