import { expect, test } from 'vitest'
import { checkPasswordHash } from './password-hash.ts'

// Of the word "canary", by crypt(3) of libxcrypt 4.4.
test.each([
  ['$y$j9T$F5Jx5fExrKuPp53xLKQ..1$NZzFZezDfvwNfvJQpShjKY9w42oE28tdTweNgSyXnt0', null],
  ['$2b$05$abcdefghijklmnopqrstuuRprvAQdy7TukEWRpyjPPFyNaLWFtNea', null],
  ['$6$saltsalt$zxdHWSoVJ0cSFUmAAJWBfyzOBQJIW8rw7PyL8mZgr91GNOihXyTfPclGxp1hqXIRM77FWQMFwsT1ZDCAfk/250', null],
  ['$5$saltsalt$Wsx0DawilzAcwjERqUGZc6NYKAijSO2DeJQkFtyUnl6', 'weak-password-hash'],
  ['$1$saltsalt$m42JiyDghnOq6ELZT/gOE0', 'weak-password-hash'],
  ['ab1LZbbWqIPKk', 'weak-password-hash'],
  ['', 'missing'],
  ['canary', 'invalid-password-hash'],
  ['!', 'invalid-password-hash'],
  ['$y$j9T$F5Jx5fExrKuPp53xLKQ..1$NZzFZezDfvwNfvJQpShjKY9w42oE28tdTweNgSyXnt0:', 'invalid-password-hash'],
])('the hash %j gives %s, and is not quoted', (text, code) => {
  const finding = checkPasswordHash(text)
  expect(finding?.code ?? null).toBe(code)
  if (text !== '') expect(JSON.stringify(finding)).not.toContain(text)
})

test('a hash that was cut anywhere is refused', () => {
  const hash = '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$NZzFZezDfvwNfvJQpShjKY9w42oE28tdTweNgSyXnt0'
  for (let length = 0; length < hash.length; length++) expect(checkPasswordHash(hash.slice(0, length))).not.toBeNull()
})
