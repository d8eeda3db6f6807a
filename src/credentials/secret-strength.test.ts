import { expect, test } from 'vitest'
import { hardware } from '../testing/machine.ts'
import { guessableWords, judgeStrength, loadDictionaries, strengthNow } from './secret-strength.ts'

const names = { hostName: 'tower', userName: 'anna', clusterName: 'attic' }

test('nothing is judged at once before the dictionaries are loaded', async () => {
  expect(strengthNow('password1234', [])).toBeNull()
  await loadDictionaries()
  expect(strengthNow('password1234', [])?.score).toBe(1)
})

test('says how weak, why, what would help and how long it withstands', async () => {
  expect(await judgeStrength('password1234', [])).toEqual({
    score: 1,
    word: 'weak',
    warning: 'This is a very common password',
    advice: ['Add another word or two. Uncommon words are better.'],
    crackTime: 'less than a minute',
  })
})

test.each([
  ['correct horse battery', 'strong', 'centuries'],
  ['canary passphrase', 'strong', '4 years'],
  ['twelve chars', 'good', '2 days'],
  ['towertowertower', 'weak', 'less than a second'],
  ['sunshine-2026', 'still weak', '16 minutes'],
])('%s is %s: %s', async (secret, word, crackTime) => {
  const strength = await judgeStrength(secret, [])
  expect([strength.word, strength.crackTime]).toEqual([word, crackTime])
})

test('the names of the machine, its people and its disks are guessed first', async () => {
  const words = guessableWords(names, hardware('bios-no-tpm'))
  expect(words).toEqual(
    expect.arrayContaining(['tower', 'anna', 'attic', 'WDC WD10EZEX-08WN4A0', 'WDC', 'WD-WCC6Y4KLMNOP']),
  )
  const guess = 'WD-WCC6Y4KLMNOP'
  expect((await judgeStrength(guess, [])).score).toBe(4)
  expect((await judgeStrength(guess, words)).score).toBeLessThan(2)
  expect((await judgeStrength('keystoneprimer', [])).score).toBeLessThan(2)
})

test('a machine that is not known adds no words', () => {
  expect(guessableWords({ hostName: 'a', userName: '', clusterName: 'home' }, null)).toEqual(['home'])
})
