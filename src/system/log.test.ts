import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Secret } from '../model/secret.ts'
import { createLog } from './log.ts'
import { openLogFile } from './log-file.ts'

const now = () => new Date('2026-05-30T10:00:00.000Z')

function logInMemory(tailLines = 200) {
  const lines: string[] = []
  return { log: createLog({ append: (line) => lines.push(line), now, tailLines }), lines }
}

test('writes one time-stamped line per line of text', () => {
  const { log, lines } = logInMemory()
  log.write('one\r\ntwo')
  expect(lines).toEqual(['2026-05-30T10:00:00.000Z one\n', '2026-05-30T10:00:00.000Z two\n'])
})

test('replaces every hidden value, the longer one first, in lines and in the tail', () => {
  const { log, lines } = logInMemory()
  log.hide('horse')
  log.hide(new Secret('horse-battery'))
  log.write('luksFormat said horse-battery and horse, horse')
  expect(lines).toEqual(['2026-05-30T10:00:00.000Z luksFormat said *** and ***, ***\n'])
  expect(log.tail()).toEqual(['luksFormat said *** and ***, ***'])
})

test('finds a hidden value as JSON and Nix write it', () => {
  const { log } = logInMemory()
  log.hide('a"b$c\\d')
  log.write(JSON.stringify({ passphrase: 'a"b$c\\d' }))
  log.write('passphrase = "a\\"b\\$c\\\\d";')
  expect(log.tail()).toEqual(['{"passphrase":"***"}', 'passphrase = "***";'])
})

test('does not hide values of three characters or less', () => {
  const { log } = logInMemory()
  log.hide('abc')
  log.hide('')
  log.write('abc')
  expect(log.tail()).toEqual(['abc'])
})

test('hides what stands twice in one line, and letters beyond ASCII', () => {
  const { log } = logInMemory()
  log.hide(new Secret('Schlüssel🐤'))
  log.write('Schlüssel🐤=Schlüssel🐤, Schlüssel')
  expect(log.tail()).toEqual(['***=***, Schlüssel'])
})

test('has its own copy of what it hides, and forgets it when told to', () => {
  const { log } = logInMemory()
  const secret = new Secret('canary')
  log.hide(secret)
  secret.wipe()
  log.write('a canary')
  log.forget()
  log.write('a canary')
  expect(log.tail()).toEqual(['a ***', 'a canary'])
})

test('takes colours and other control characters out', () => {
  const { log } = logInMemory()
  log.write('\u001b[31merror:\u001b[0m no\bspace\u0007')
  expect(log.tail()).toEqual(['error: nospace'])
})

test('keeps only the last lines for the failure screen', () => {
  const { log } = logInMemory(2)
  log.write('1\n2\n3')
  expect(log.tail()).toEqual(['2', '3'])
})

test('a log file is for its owner only and has each line at once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keystone-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'deep', 'install.log')
  const file = openLogFile(path)
  createLog({ append: file.append, now }).write('hello')
  expect(readFileSync(path, 'utf8')).toBe('2026-05-30T10:00:00.000Z hello\n')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  file.close()
})
