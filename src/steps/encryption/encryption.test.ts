import { expect, test } from 'vitest'
import { hardware } from '../../testing/machine.ts'
import { parseStep } from '../parse-step.ts'
import { encryptionStep } from './encryption.ts'
import { checkPassphrase } from './secret-rules.ts'

const withTpm = hardware('two-virtio-uefi-tpm')
const withoutTpm = hardware('one-nvme-uefi')

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

test('the passphrase becomes a Secret and is in no problem, summary or JSON', () => {
  const draft = { passphrase: 'canary canary canary', tpmUnlock: true, recoveryKey: false }
  const parsed = parseStep(encryptionStep, draft)
  if (!('value' in parsed)) throw new Error('refused')
  expect(parsed.value.passphrase.reveal()).toBe('canary canary canary')
  expect(JSON.stringify([parsed, encryptionStep.summary(parsed.value, withTpm)])).not.toContain('canary')

  const bad = ['canary', 'canary canåry canary', `canary${'y'.repeat(600)}`]
  for (const passphrase of bad) {
    expect(JSON.stringify(parseStep(encryptionStep, { ...draft, passphrase }))).not.toMatch(/can[aå]ry/)
  }
})

test('TPM unlock needs a usable TPM', () => {
  const parsed = parseStep(encryptionStep, { passphrase: 'twelve chars', tpmUnlock: true, recoveryKey: true })
  if (!('value' in parsed)) throw new Error('refused')
  expect(encryptionStep.check(parsed.value, withTpm)).toEqual([])
  expect(encryptionStep.check(parsed.value, withoutTpm)).toEqual([
    {
      code: 'tpm-not-usable',
      path: ['encryption', 'tpmUnlock'],
      message: 'TPM unlock needs a working TPM 2.0 in this machine, but it has none',
      hint: 'turn TPM unlock off, or turn the TPM on in the firmware settings',
    },
  ])
  expect(encryptionStep.check({ ...parsed.value, tpmUnlock: false }, withoutTpm)).toEqual([])
})

test('starts with TPM unlock where it is possible', () => {
  expect(encryptionStep.defaults(withTpm)).toEqual({ passphrase: '', tpmUnlock: true, recoveryKey: true })
  expect(encryptionStep.defaults(withoutTpm).tpmUnlock).toBe(false)
})
