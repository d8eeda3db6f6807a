import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hardware } from '../../testing/machine.ts'
import { parseStep } from '../parse-step.ts'
import { KEYBOARDS } from './keyboards.ts'
import { LANGUAGES } from './languages.ts'
import { checkKeyboard, checkLanguage, systemStep } from './system.ts'
import { isTimeZone, timeZones } from './time-zones.ts'

const machine = hardware('one-nvme-uefi')
const draft = { language: 'de_DE.UTF-8', keyboard: 'de-latin1', timeZone: 'Europe/Berlin' }
const namesIn = (file: string) =>
  readFileSync(new URL(`../../testing/names/${file}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')

test('every language is a locale that glibc can build', () => {
  expect([...LANGUAGES.keys()].filter((name) => !namesIn('glibc-locales.txt').includes(name))).toEqual([])
  expect(LANGUAGES.size).toBeGreaterThan(60)
})

test('every keyboard layout is a keymap of kbd', () => {
  expect([...KEYBOARDS.keys()].filter((name) => !namesIn('kbd-keymaps.txt').includes(name))).toEqual([])
  expect(KEYBOARDS.size).toBeGreaterThan(60)
})

test('every time zone is one of tzdata, UTC comes first, and names of today stand for old ones', () => {
  const known = new Set(namesIn('tzdata-zones.txt'))
  expect(timeZones().filter((name) => !known.has(name))).toEqual([])
  expect(timeZones()[0]).toBe('UTC')
  expect(timeZones().length).toBeGreaterThan(400)
  expect(timeZones()).toContain('Europe/Kyiv')
  expect(timeZones()).not.toContain('Europe/Kiev')
})

test('no two names are called the same', () => {
  for (const names of [LANGUAGES, KEYBOARDS]) expect(new Set(names.values()).size).toBe(names.size)
})

test('a sound draft becomes answers as it is', () => {
  expect(parseStep(systemStep, draft)).toEqual({ value: draft })
  expect(parseStep(systemStep, systemStep.defaults(machine))).toEqual({
    value: { language: 'en_US.UTF-8', keyboard: 'us', timeZone: 'UTC' },
  })
})

test.each([
  ['', 'such as en_US.UTF-8 or de_DE.UTF-8'],
  ['de_DE', 'did you mean de_DE.UTF-8?'],
  ['de_DE.utf8', 'did you mean de_DE.UTF-8?'],
  ['German', 'did you mean de_DE.UTF-8?'],
  ['de', 'did you mean de_DE.UTF-8?'],
  ['german (austria)', 'did you mean de_AT.UTF-8?'],
  ['Swedish', 'did you mean sv_SE.UTF-8?'],
  ['Dutch', 'did you mean nl_NL.UTF-8?'],
  ['French', 'did you mean fr_FR.UTF-8?'],
  ['Italian', 'did you mean it_IT.UTF-8?'],
  ['Portuguese', 'did you mean pt_PT.UTF-8?'],
  ['Spanish', 'did you mean es_ES.UTF-8?'],
  ['English', 'did you mean en_US.UTF-8?'],
  ['Chinese', 'did you mean zh_CN.UTF-8?'],
  ['en-GB.UTF-8', 'did you mean en_GB.UTF-8?'],
  ['tlh', 'such as en_US.UTF-8 or de_DE.UTF-8'],
  ['de_DE.UTF-8"; x = "', 'such as en_US.UTF-8 or de_DE.UTF-8'],
])('the language %j is refused, with the hint %s', (text, hint) => {
  expect(checkLanguage(text)).toMatchObject({ hint })
})

test.each([
  ['de-latin', 'did you mean de-latin1?'],
  ['german', 'did you mean de?'],
  ['Dvorak', 'did you mean dvorak?'],
  ['../../etc/shadow', 'such as us, uk or de-latin1'],
  ['x', 'such as us, uk or de-latin1'],
])('the keyboard layout %j is refused, with the hint %s', (text, hint) => {
  expect(checkKeyboard(text)).toMatchObject({ code: 'unknown-keyboard', hint })
})

test.each([
  ['Europe/Berln', 'did you mean Europe/Berlin?'],
  ['berlin', 'did you mean Europe/Berlin?'],
  ['new york', 'did you mean America/New_York?'],
  ['europe/berlin', 'did you mean Europe/Berlin?'],
  ['+01:00', 'such as UTC or Europe/Berlin'],
  ['/etc/localtime', 'such as UTC or Europe/Berlin'],
])('the time zone %j is refused, with the hint %s', (timeZone, hint) => {
  const parsed = parseStep(systemStep, { ...draft, timeZone })
  expect('problems' in parsed && parsed.problems).toMatchObject([
    { code: 'unknown-time-zone', path: ['system', 'timeZone'], hint },
  ])
})

test('an old name of a time zone is taken as it is written', () => {
  expect(isTimeZone('Asia/Calcutta')).toBe(true)
  expect(parseStep(systemStep, { ...draft, timeZone: 'Europe/Kiev' })).toMatchObject({
    value: { timeZone: 'Europe/Kiev' },
  })
})

test('the summary has the words and the names', () => {
  expect(systemStep.summary(draft, machine)).toEqual([
    { label: 'Language', value: 'German (Germany), de_DE.UTF-8' },
    { label: 'Keyboard', value: 'German (Latin-1), de-latin1' },
    { label: 'Time zone', value: 'Europe/Berlin' },
  ])
})
