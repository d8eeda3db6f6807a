import { expect, test } from 'vitest'
import { steps } from './order.ts'
import { parseStep } from './parse-step.ts'
import { repeatedSecretProblem } from './secret-text.ts'

const problemsOf = (...args: Parameters<typeof parseStep>) => {
  const parsed = parseStep(...args)
  return 'problems' in parsed ? parsed.problems : []
}

test('tells every problem of a step at once: of fields, of keys, and between fields', () => {
  const draft = { layout: 'mirror-zfs', devices: ['/dev/disk/by-id/ata-x'], swap: '4GB', swpa: 1 }
  expect(problemsOf(steps.disk, draft)).toEqual([
    {
      code: 'invalid-size',
      path: ['disk', 'swap'],
      message: 'a size is a number with MiB, GiB or TiB, got "4GB"',
      hint: 'for example 4GiB, or 0 for no swap',
    },
    { code: 'unknown-key', path: ['disk', 'swpa'], message: 'there is no such key', hint: 'did you mean swap?' },
    {
      code: 'too-few-disks',
      path: ['disk', 'devices'],
      message: 'mirror-zfs needs exactly 2 disks, got 1',
      hint: 'add a disk, or choose single-zfs',
    },
  ])
})

test('an unknown key far from any other lists the known ones, with those the caller took out', () => {
  const draft = { passphrase: 'correct horse battery', tpmUnlock: true, recoveryKey: true, zebra: 1 }
  expect(problemsOf(steps.encryption, draft, ['passphraseFile'])).toEqual([
    {
      code: 'unknown-key',
      path: ['encryption', 'zebra'],
      message: 'there is no such key',
      hint: 'known are passphrase, tpmUnlock, recoveryKey, passphraseFile',
    },
  ])
})

test('a missing key says what belongs there', () => {
  expect(problemsOf(steps.cluster, { role: 'primer' })).toEqual([
    {
      code: 'missing',
      path: ['cluster', 'name'],
      message: 'is needed, but not given',
      hint: 'short name in lower case, such as home',
    },
  ])
})

test('a wrong type is named by its kind, never by its value', () => {
  expect(problemsOf(steps.encryption, { passphrase: 40414243, tpmUnlock: 'secret', recoveryKey: [1] })).toEqual([
    {
      code: 'wrong-type',
      path: ['encryption', 'passphrase'],
      message: 'must be text, got a number',
      hint: 'put it in quotes',
    },
    { code: 'wrong-type', path: ['encryption', 'tpmUnlock'], message: 'must be true or false, got text' },
    { code: 'wrong-type', path: ['encryption', 'recoveryKey'], message: 'must be true or false, got a list' },
  ])
})

test.each([
  [null, 'must be a group of keys, got nothing'],
  ['text', 'must be a group of keys, got text'],
  [[], 'must be a group of keys, got a list'],
])('a section that is %j is a wrong type', (draft, message) => {
  expect(problemsOf(steps.cluster, draft)).toEqual([{ code: 'wrong-type', path: ['cluster'], message }])
})

test('a choice that does not exist lists the choices', () => {
  const draft = { layout: 'raidz1', devices: [], swap: '0' }
  expect(problemsOf(steps.disk, draft).map(({ message }) => message)).toEqual([
    'must be single-ext4, single-zfs or mirror-zfs, got "raidz1"',
  ])
})

test('control characters of a finding are made visible before they reach a terminal', () => {
  const draft = { name: 'a\u001b[2J', role: 'primer' }
  expect(problemsOf(steps.cluster, draft)[0]?.message).toContain('got "a\\u{1b}[2J"')
})

test('two entries of a secret that differ are a problem, equal ones are none', () => {
  expect(repeatedSecretProblem('one', 'two', ['encryption', 'passphrase'])?.code).toBe('passphrases-differ')
  expect(repeatedSecretProblem('one', 'two', ['identity', 'password'])?.code).toBe('passwords-differ')
  expect(repeatedSecretProblem('one', 'one', ['identity', 'password'])).toBeNull()
})
