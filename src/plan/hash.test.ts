import { expect, test } from 'vitest'
import { canonicalJson, hashOf } from './hash.ts'

test('keys are sorted at every depth, lists keep their order', () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }, 2], a: 'x', B: true })).toBe(
    '{"B":true,"a":"x","b":[{"c":null,"d":1},2]}',
  )
})

test('the hash is sha256 of the canonical text', () => {
  // printf '{"a":1,"b":[]}' | sha256sum
  expect(hashOf({ b: [], a: 1 })).toBe('f87e4099e9be5e75094e0a4f46d3dc18a9c37429314a5a2490fb78d31e7e170c')
})
