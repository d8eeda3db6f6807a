import { expect, test } from 'vitest'
import { keyBytes } from './keys.ts'

test('sends what a terminal sends', () => {
  const sent = ['Enter', 'Tab', 'Shift-Tab', 'Esc', 'Space', 'Backspace', 'Down', 'Ctrl-C', 'é'].map((key) =>
    keyBytes(key),
  )
  expect(sent).toEqual(['\r', '\t', '\x1b[Z', '\x1b', ' ', '\x7f', '\x1b[B', '\x03', 'é'])
})

test('arrows follow the application cursor keys mode', () => {
  expect(keyBytes('Up', { applicationCursorKeys: true })).toBe('\x1bOA')
})

test('refuses a name it does not know', () => {
  expect(() => keyBytes('Entre')).toThrow('no key is named "Entre"')
})
