import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Bug } from '../system/errors.ts'
import { Secret } from './secret.ts'

test('every way to print it gives three stars', () => {
  const secret = new Secret('canary')
  expect([`${secret}`, JSON.stringify({ secret }), inspect({ secret }), String(secret)]).toEqual([
    '***',
    '{"secret":"***"}',
    '{ secret: *** }',
    '***',
  ])
  expect(Object.keys(secret)).toEqual([])
})

test('text is kept as UTF-8, with all it has', () => {
  const text = '\uFEFFPaßwort 🐤\n'
  expect(new Secret(text).reveal()).toBe(text)
  expect([...new Secret('é').bytes()]).toEqual([0xc3, 0xa9])
})

test('wiping overwrites the very buffer, and that of what was made of it', () => {
  const given = new TextEncoder().encode('canary')
  const secret = new Secret(given)
  const line = secret.followedBy('\n')
  const bytes = line.bytes()
  expect(line.reveal()).toBe('canary\n')
  secret.wipe()
  secret.wipe()
  expect([...given, ...bytes]).toEqual(Array(13).fill(0))
  expect([secret.isWiped, line.isWiped]).toEqual([true, true])
})

test('a secret that was wiped is of no more use, and says whose mistake that is', () => {
  const secret = new Secret('canary')
  const other = new Secret('canary')
  secret.wipe()
  for (const use of [
    () => secret.reveal(),
    () => secret.bytes(),
    () => secret.equals(other),
    () => other.equals(secret),
    () => secret.followedBy('x'),
  ]) {
    expect(use).toThrow(Bug)
  }
  expect(`${secret}`).toBe('***')
})

test('equal is what has the same bytes', () => {
  expect(new Secret('abcd').equals(new Secret('abcd'))).toBe(true)
  expect(new Secret('abcd').equals(new Secret('abc'))).toBe(false)
  expect(new Secret('abcd').equals(new Secret('abce'))).toBe(false)
})
