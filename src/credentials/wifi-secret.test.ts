import { expect, test } from 'vitest'
import { Secret } from '../model/secret.ts'
import { wifiSecretsFile } from './wifi-secret.ts'

test('a passphrase is written as it is', () => {
  expect(wifiSecretsFile('home', new Secret('correct horse "battery')).reveal()).toBe(
    'psk_wifi=correct horse "battery\n',
  )
})

test.each(['pass#word', 'password ', ' password'])(
  '%j would not survive the file: its key is written',
  (passphrase) => {
    expect(wifiSecretsFile('IEEE', new Secret(passphrase)).reveal()).toMatch(/^psk_wifi=[0-9a-f]{64}\n$/)
  },
)

test('the key is the one that WPA makes of name and passphrase', () => {
  // By another implementation: Python, hashlib.pbkdf2_hmac.
  expect(wifiSecretsFile('home', new Secret('pass#word')).reveal()).toBe(
    'psk_wifi=77835280bdf71ee74386515dc87c03cc2052e0e9994c728670c6c326f3b3f600\n',
  )
})

test('it never prints itself', () => {
  expect(`${wifiSecretsFile('home', new Secret('canary-canary'))}`).not.toContain('canary')
})
