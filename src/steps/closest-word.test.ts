import { expect, test } from 'vitest'
import { closestWord } from './closest-word.ts'

const known = ['hostName', 'userName', 'password', 'passwordFile', 'sshKeys']

test.each([
  ['host_name', 'hostName'],
  ['hostname', 'hostName'],
  ['usreName', 'userName'],
  ['passwd', 'password'],
  ['ssh-keys', 'sshKeys'],
  ['passwordfile', 'passwordFile'],
])('for %s it offers %s', (word, expected) => {
  expect(closestWord(word, known)).toBe(expected)
})

test('offers nothing when no word is near', () => {
  expect(closestWord('bootloader', known)).toBeNull()
  expect(closestWord('x', [])).toBeNull()
})
