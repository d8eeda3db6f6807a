import { expect, test } from 'vitest'
import { isGoodEnough } from './newer-qemu.ts'

test.each([
  ['QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)', false],
  ['QEMU emulator version 8.0.4', false],
  ['QEMU emulator version 8.1.0', true],
  ['QEMU emulator version 10.0.13 (Debian 1:10.0.13+ds-0+deb13u1)', true],
  ['something else', true],
])('%s is new enough: %s', (version, isNew) => {
  expect(isGoodEnough(version)).toBe(isNew)
})
