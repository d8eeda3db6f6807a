import { expect, test } from 'vitest'
import type { Tpm } from '../../model/hardware.ts'
import { hardware } from '../../testing/machine.ts'
import { parseStep } from '../parse-step.ts'
import type { Drafts } from '../step.ts'
import { encryptionStep } from './encryption.ts'
import { checkPassphrase, checkPin } from './secret-rules.ts'
import { tpmProtection } from './tpm-words.ts'

const withTpm = hardware('two-virtio-uefi-tpm')
const withoutTpm = hardware('one-nvme-uefi')
const having = (tpm: Partial<Tpm>) => ({ ...withTpm, tpm: { ...withTpm.tpm, ...tpm } })

const draft: Drafts['encryption'] = { unlock: 'passphrase', passphrase: 'twelve chars', pin: '', recoveryKey: true }

function accepted(changes: Partial<Drafts['encryption']>) {
  const parsed = parseStep(encryptionStep, { ...draft, ...changes })
  if (!('value' in parsed)) throw new Error(`refused: ${JSON.stringify(parsed.problems)}`)
  return parsed.value
}

function codesOf(changes: Partial<Drafts['encryption']>): readonly string[] {
  const parsed = parseStep(encryptionStep, { ...draft, ...changes })
  return 'problems' in parsed ? parsed.problems.map(({ code, path }) => `${path.at(-1)} ${code}`) : []
}

test.each([
  ['', 'missing'],
  ['eleven char', 'passphrase-too-short'],
  ['twelve chars', null],
  ['x'.repeat(512), null],
  ['x'.repeat(513), 'passphrase-too-long'],
  [' ~!"#$%&\'()*\\`{|}', null],
  ['påske lilje 77', 'passphrase-not-typable'],
  ['with a\ttab inside', 'passphrase-not-typable'],
  ['with a line end\n', 'passphrase-not-typable'],
])('the passphrase %j gives %s', (text, code) => {
  expect(checkPassphrase(text)?.code ?? null).toBe(code)
})

test.each([
  ['', 'missing'],
  ['27461', 'pin-too-short'],
  ['274619', null],
  ['Ab9zQ7', null],
  ['x1'.repeat(32), null],
  ['x1'.repeat(32).concat('y'), 'pin-too-long'],
  ['274 619', 'pin-not-typable'],
  ['27461ø', 'pin-not-typable'],
  ['000000', 'pin-too-simple'],
  ['123456', 'pin-too-simple'],
  ['987654', 'pin-too-simple'],
  ['123457', null],
])('the PIN %j gives %s', (text, code) => {
  expect(checkPin(text)?.code ?? null).toBe(code)
})

test('the secrets become Secrets and are in no problem, summary or JSON', () => {
  const value = accepted({ unlock: 'tpm-pin', passphrase: 'canary canary canary', pin: 'canary7' })
  expect([value.passphrase?.reveal(), value.pin?.reveal()]).toEqual(['canary canary canary', 'canary7'])
  expect(JSON.stringify([value, encryptionStep.summary(value, withTpm)])).not.toContain('canary')

  for (const passphrase of ['canary', 'canary canåry canary', `canary${'y'.repeat(600)}`]) {
    for (const pin of ['canary canary', 'canary'.repeat(20)]) {
      const parsed = parseStep(encryptionStep, { ...draft, unlock: 'tpm-pin', passphrase, pin })
      expect(JSON.stringify(parsed)).not.toMatch(/can[aå]ry/)
    }
  }
})

test.each([
  [{ unlock: 'none', passphrase: '' }, []],
  [{ unlock: 'none', passphrase: 'twelve chars' }, ['passphrase secret-not-used']],
  [{ unlock: 'passphrase', passphrase: '' }, ['passphrase missing']],
  [{ unlock: 'passphrase', pin: '274619' }, ['pin secret-not-used']],
  [{ unlock: 'tpm', pin: '274619' }, ['pin secret-not-used']],
  [{ unlock: 'tpm-pin', passphrase: 'short' }, ['passphrase passphrase-too-short', 'pin missing']],
  // The secrets are judged besides a choice that does not exist.
  [{ unlock: 'tmp', passphrase: 'short' }, ['unlock invalid-choice', 'passphrase passphrase-too-short']],
])('%j: %j', (changes, codes) => {
  expect(codesOf(changes)).toEqual(codes)
})

test('without encryption there is neither a passphrase nor a recovery key', () => {
  expect(accepted({ unlock: 'none', passphrase: '' })).toEqual({
    unlock: 'none',
    passphrase: null,
    pin: null,
    recoveryKey: false,
  })
})

test('the summary says plainly that nothing is encrypted', () => {
  expect(encryptionStep.summary(accepted({ unlock: 'none', passphrase: '' }), withTpm)).toEqual([
    {
      label: 'Unlock',
      value: 'NOT ENCRYPTED: whoever has a disk of this machine, or the machine, reads everything on it',
    },
  ])
})

test.each([
  ['nothing', {}, null],
  ['no TPM', { isPresent: false, isUsable: false }, 'this machine has no TPM'],
  ['a TPM 1.2', { version: '1.2', isUsable: false }, 'this machine has a TPM 1.2, and a TPM 2.0 is needed'],
  ['one that does not answer', { isUsable: false }, 'no TPM 2.0 could be used here'],
  ['lockout', { isLockedOut: true }, 'the TPM is in lockout after too many wrong tries'],
] as const)('the TPM with %s in the way', (_, tpm, obstacle) => {
  const problems = encryptionStep.check(accepted({ unlock: 'tpm-pin', pin: '274619' }), having(tpm))
  const message = `unlock tpm-pin needs a working TPM 2.0, but ${obstacle}`
  expect(problems.map((problem) => problem.message)).toEqual(obstacle === null ? [] : [message])
  expect(encryptionStep.check(accepted({}), having(tpm))).toEqual([])
  expect(encryptionStep.defaults(having(tpm)).unlock).toBe(obstacle === null ? 'tpm' : 'passphrase')
})

test('the problem of a missing TPM says what to do', () => {
  expect(encryptionStep.check(accepted({ unlock: 'tpm' }), withoutTpm)).toEqual([
    {
      code: 'tpm-not-usable',
      path: ['encryption', 'unlock'],
      message: 'unlock tpm needs a working TPM 2.0, but this machine has no TPM',
      hint: 'choose the passphrase alone, or turn the TPM on in the firmware settings',
    },
  ])
})

test('what PCR 7 protects depends on Secure Boot', () => {
  const words = (secureBoot: (typeof withTpm)['secureBoot'], hasPin = false) =>
    tpmProtection({ ...withTpm, secureBoot }, hasPin).join(' ')
  expect(words('enabled')).toContain('can start it up to the login, and no further')
  expect(words('disabled')).toContain('can start another system on it, from a USB stick, and that gets the key as well')
  expect(words('setup-mode')).toContain('Secure Boot is in setup mode and checks nothing yet')
  expect(words('unknown')).toContain('Whether Secure Boot is on could not be read')
  expect(words('disabled', true)).toContain('A thief who takes the whole machine needs the PIN too')
  for (const state of ['enabled', 'disabled', 'setup-mode', 'unknown'] as const) {
    expect(words(state)).toContain('keystone tpm re-enroll')
  }
})
