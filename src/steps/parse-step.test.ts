import { expect, test } from 'vitest'
import { hardware } from '../testing/machine.ts'
import { steps } from './order.ts'
import { parseStep } from './parse-step.ts'
import { repeatedSecretProblem } from './secret-text.ts'

const problemsOf = (...args: Parameters<typeof parseStep>) => {
  const parsed = parseStep(...args)
  return 'problems' in parsed ? parsed.problems : []
}

const disk = steps.disk.defaults(hardware('two-virtio-uefi-tpm'))

test('tells every problem of a step at once: of fields, of keys, and between fields', () => {
  const draft = { ...disk, layout: 'mirror-zfs', devices: ['/dev/disk/by-id/ata-x'], swap: '4GB', swpa: 1 }
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
      message: 'mirror-zfs needs at least 2 disks, got 1',
      hint: 'add a disk, or choose single-zfs',
    },
  ])
})

test('an unknown key far from any other lists the known ones, with those the caller took out', () => {
  const draft = { unlock: 'tpm', passphrase: 'correct horse battery', pin: '', recoveryKey: true, zebra: 1 }
  expect(problemsOf(steps.encryption, draft, ['passphraseFile'])).toEqual([
    {
      code: 'unknown-key',
      path: ['encryption', 'zebra'],
      message: 'there is no such key',
      hint: 'known are unlock, passphrase, pin, recoveryKey, passphraseFile',
    },
  ])
})

test('a missing key says what belongs there', () => {
  expect(problemsOf(steps.system, { language: 'en_US.UTF-8', keyboard: 'us' })).toEqual([
    {
      code: 'missing',
      path: ['system', 'timeZone'],
      message: 'is needed, but not given',
      hint: 'name of the IANA database, such as Europe/Berlin or UTC',
    },
  ])
})

test('a wrong type is named by its kind, never by its value', () => {
  const draft = { unlock: 'tpm', passphrase: 40414243, pin: true, recoveryKey: [1] }
  expect(problemsOf(steps.encryption, draft)).toEqual([
    {
      code: 'wrong-type',
      path: ['encryption', 'passphrase'],
      message: 'must be text, got a number',
      hint: 'put it in quotes',
    },
    {
      code: 'wrong-type',
      path: ['encryption', 'pin'],
      message: 'must be text, got true or false',
      hint: 'put it in quotes',
    },
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
  const draft = { unlock: 'tpm2', passphrase: 'correct horse battery', pin: '', recoveryKey: true }
  expect(problemsOf(steps.encryption, draft).map(({ message }) => message)).toEqual([
    'must be none, passphrase, tpm or tpm-pin, got "tpm2"',
  ])
})

test('control characters of a finding are made visible before they reach a terminal', () => {
  const draft = { language: 'a\u001b[2J', keyboard: 'us', timeZone: 'UTC' }
  expect(problemsOf(steps.system, draft)[0]?.message).toContain('got "a\\u{1b}[2J"')
})

test('two entries of a secret that differ are a problem, equal ones are none', () => {
  expect(repeatedSecretProblem('passphrase', 'one', 'two', ['encryption', 'passphrase'])?.code).toBe(
    'passphrases-differ',
  )
  expect(repeatedSecretProblem('password', 'one', 'two', ['identity', 'password'])?.code).toBe('passwords-differ')
  expect(repeatedSecretProblem('password', 'one', 'one', ['identity', 'password'])).toBeNull()
})
