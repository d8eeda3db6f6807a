import { expect, test } from 'vitest'
import { Secret } from '../model/secret.ts'
import { groupsToType, isGroup, makeRecoveryKey, recoveryKeyForms } from './recovery-key.ts'

/** Bytes that count up from `first`. */
const counting = (first: number) => (bytes: number) => Uint8Array.from({ length: bytes }, (_, at) => first + at)

// The alphabet's order, c b d e f g h i j k l n r t u v for 0 to f, is systemd's and Yubico's.
test.each([
  ['00 01 02 …', counting(0), 'cccbcdce-cfcgchci-cjckclcn-crctcucv-bcbbbdbe-bfbgbhbi-bjbkblbn-brbtbubv'],
  ['e0 e1 e2 …', counting(0xe0), 'ucubudue-ufuguhui-ujukulun-urutuuuv-vcvbvdve-vfvgvhvi-vjvkvlvn-vrvtvuvv'],
  [
    'all ff',
    (bytes: number) => new Uint8Array(bytes).fill(255),
    'vvvvvvvv-vvvvvvvv-vvvvvvvv-vvvvvvvv-vvvvvvvv-vvvvvvvv-vvvvvvvv-vvvvvvvv',
  ],
])('32 bytes as modhex: %s', (_, random, key) => {
  expect(makeRecoveryKey(random).reveal()).toBe(key)
})

test('two different groups are asked for, in order, and they follow from the key', () => {
  const key = new Secret('eccccccc-gccccccc-cccccccc-cccccccc-cccccccc-cccccccc-cccccccc-cccccccc')
  // e is 3 and g is 5: the 4th group, and the one six further on, round the end.
  expect(groupsToType(key)).toEqual([1, 3])
  expect(groupsToType(key)).toEqual([1, 3])
  for (const first of 'cbdefghijklnrtuv') {
    for (const second of 'cbdefghijklnrtuv') {
      const [one, other] = groupsToType(new Secret(`${first}-${second}-c-c-c-c-c-c`))
      expect([one, other].every((at) => at >= 0 && at < 8) && one < other).toBe(true)
    }
  }
})

test('a group counts as typed with capitals and with spaces around it, and not by half', () => {
  const key = new Secret('aaaaaaaa-cbdefghi-cccccccc-cccccccc-cccccccc-cccccccc-cccccccc-cccccccc')
  expect(isGroup(key, 1, ' CBDEfghi ')).toBe(true)
  expect(isGroup(key, 1, 'cbdefghi-')).toBe(true)
  expect(isGroup(key, 1, 'cbdefgh')).toBe(false)
  expect(isGroup(key, 1, '')).toBe(false)
  expect(isGroup(key, 2, 'cbdefghi')).toBe(false)
})

test('a boot takes a key as it is on paper and as its QR code has it', () => {
  const key = new Secret('cccbcdce-cfcgchci-cjckclcn-crctcucv-bcbbbdbe-bfbgbhbi-bjbkblbn-brbtbubv')
  expect(recoveryKeyForms(key).map((form) => form.reveal())).toEqual([
    'cccbcdce-cfcgchci-cjckclcn-crctcucv-bcbbbdbe-bfbgbhbi-bjbkblbn-brbtbubv',
    'CCCBCDCE-CFCGCHCI-CJCKCLCN-CRCTCUCV-BCBBBDBE-BFBGBHBI-BJBKBLBN-BRBTBUBV',
  ])
})
