import { expect, test } from 'vitest'
import { Secret } from '../model/secret.ts'
import { hashShownKey, isShownKey } from './shown-key.ts'

const KEY = 'dddddddd-bbbbbbbb-cbdefghi-jklnrtuv-tuvcbdef-gggggggg-hhhhhhhh-iiiiiiii'
/** Of that key, made once. */
const HASH = '$scrypt$ln=14,r=8,p=1$UloI4tLzDVCphuawfXvSzg$-uTjy8xbYG8QfjYxjRBP33MDqMSDaZHykw67TGkKX2s'

test('tells the key that was shown from one with a single other letter', async () => {
  expect(await isShownKey(HASH, new Secret(KEY))).toBe(true)
  expect(await isShownKey(HASH, new Secret(KEY.replace('iiiiiiii', 'iiiiiiij')))).toBe(false)
})

test('what is written down has another salt each time, and no group of the key', async () => {
  const [one, other] = [await hashShownKey(new Secret(KEY)), await hashShownKey(new Secret(KEY))]
  expect(one).toMatch(/^\$scrypt\$ln=14,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/)
  expect(one).not.toBe(other)
  for (const group of KEY.split('-')) expect(one).not.toContain(group)
  expect(await isShownKey(one, new Secret(KEY))).toBe(true)
})

test('without a hash, or with one that we do not make, nothing is known', async () => {
  const key = new Secret(KEY)
  expect(await isShownKey(undefined, key)).toBeNull()
  // As much memory as somebody else likes.
  expect(await isShownKey(HASH.replace('ln=14', 'ln=40'), key)).toBeNull()
  expect(await isShownKey(HASH.slice(0, -4), key)).toBeNull()
  expect(await isShownKey('', key)).toBeNull()
})
