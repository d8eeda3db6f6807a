import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { catalogue } from '../../src/failures/catalogue.ts'
import { ELSEWHERE, FAULTS } from './catalogue.ts'
import { type Fault, incompleteness } from './fault.ts'

const ROOT = join(import.meta.dirname, '../..')
const [whole] = FAULTS as [Fault]

test('every fault has all that is expected of it', () => {
  expect(FAULTS.flatMap((fault) => incompleteness(fault).map((missing) => `${fault.id}: ${missing}`))).toEqual([])
  const ids = [...FAULTS, ...ELSEWHERE].map(({ id }) => id)
  expect(ids).toEqual([...new Set(ids)])
})

test.each([
  ['a code', { expect: { ...whole.expect, code: '' } }, 'an expected code'],
  ['an exit code', { expect: { ...whole.expect, exitCode: 1 } }, 'an expected exit code'],
  ['a screen', { expect: { ...whole.expect, screen: /x/ } }, 'expected words on the screen'],
  ['an event', { expect: { ...whole.expect, event: undefined as never } }, 'an expected event'],
  ['a way on', { after: undefined as never }, 'a way on and its end'],
  ['a way on that is one', { after: { wayOn: 'none needed', endsWith: 0 } as const }, 'a way on that is one'],
  ['an injection', { inject: undefined as never }, 'how it is injected'],
])('a fault without %s is refused', (_, without, missing) => {
  expect(incompleteness({ ...whole, ...without })).toContain(missing)
})

test('at least 25 are injected, and each that the issue names is among them', () => {
  expect(FAULTS.length).toBeGreaterThanOrEqual(25)
  const named = `pulled-in-partition pulled-in-build pulled-in-install pulled-in-enroll-keys write-error read-error-before
    target-full slow-disk smaller-than-it-says two-disks-one-serial pool-imported leftover-zfs leftover-luks leftover-md leftover-lvm
    leftover-ntfs active-pool active-mapping active-raid active-volume mount-busy credstore-busy tpm-gone-in-enroll tpm-locked
    tpm-cleared network-lost dns-dead cache-wrong tmp-full out-of-memory clock-of-1980 nix-trace boot-loader-fails
    efi-variables-read-only efi-variables-full esp-damaged module-missing terminal-closed window-shrunk`
  const ids = [...FAULTS, ...ELSEWHERE].map(({ id }) => id)
  expect(named.split(/\s+/).filter((id) => !ids.includes(id))).toEqual([])
})

test('what is shown elsewhere is there', () => {
  const missing = ELSEWHERE.filter(({ file, sign }) => !readFileSync(join(ROOT, file), 'utf8').includes(sign))
  expect(missing.map(({ id }) => id)).toEqual([])
})

test('every known failure has a fault that injects it, or says why it has none', () => {
  const injected = new Set(FAULTS.map((fault) => fault.expect.code))
  const without = catalogue.filter(({ code, noFaultBecause }) => !injected.has(code) && !noFaultBecause)
  expect(without.map(({ code }) => code)).toEqual([])
})

test('no failure that a fault injects says that it has none', () => {
  const injected = new Set(FAULTS.map((fault) => fault.expect.code))
  expect(
    catalogue.filter(({ code, noFaultBecause }) => injected.has(code) && noFaultBecause).map(({ code }) => code),
  ).toEqual([])
})

test('a third of them is in npm test', () => {
  const share = FAULTS.filter(({ third }) => third).length / FAULTS.length
  expect(share).toBeGreaterThan(0.2)
  expect(share).toBeLessThan(0.4)
})
