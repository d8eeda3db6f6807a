import { expect, test } from 'vitest'
import { stepScreen } from '../../testing/step-screen.ts'

const open = stepScreen('system')

test('language, keyboard and time zone, with a field to try the keyboard', async () => {
  const { screen } = await open()
  expect(screen.body()).toEqual([
    '',
    '  For the installed system. Space or a letter opens a list.',
    '',
    '  ❯ Language    [English (United States)  en_US.UTF-8              ]',
    '    Keyboard    [English (US)  us                                  ]',
    '    Try it here [                                                  ]',
    '    Time zone   [UTC                                               ]',
    '',
    "  The disk's passphrase is typed at boot with this keyboard layout.",
  ])
})

test('a letter opens the list, more letters narrow it, Enter takes the marked one and goes on', async () => {
  const { screen } = await open()
  screen.type('german')
  await screen.waitForText('(1 of 5)')
  expect(screen.body().slice(3, 10)).toEqual([
    '  ❯ Language    [german_                                           ]',
    '               > German (Germany)  de_DE.UTF-8',
    '                 German (Austria)  de_AT.UTF-8',
    '                 German (Belgium)  de_BE.UTF-8',
    '                 German (Luxembourg)  de_LU.UTF-8',
    '                 German (Switzerland)  de_CH.UTF-8',
    '                 (1 of 5)',
  ])
  screen.press('Down', 'Enter')
  await screen.waitForText('[German (Austria)  de_AT.UTF-8')
  await screen.waitForText('❯ Keyboard')
})

test('Space shows the whole list at what is chosen; Esc closes it and keeps that', async () => {
  const { screen } = await open()
  screen.press('Down', 'Space')
  await screen.waitForText('(1 of 74)')
  screen.press('Esc')
  await screen.waitForText('Keyboard    [English (US)  us')
  screen.press('Esc')
  await screen.waitForText('Step 1 of')
})

test('words are found anywhere, without capitals, accents, _ and /', async () => {
  const { screen } = await open()
  screen.press('Up')
  screen.press('Down', 'Down', 'Down')
  screen.type('new york')
  await screen.waitForText('> America/New_York')
  screen.press('Ctrl-U')
  screen.type('zzz')
  await screen.waitForText('(nothing is called so)')
  screen.press('Enter')
  await screen.waitForText('Nothing on the list is called so.')
  screen.press('Backspace', 'Backspace', 'Backspace')
  screen.type('berlin\r')
  await screen.waitForText('[Europe/Berlin  ')
})

test('a keyboard layout is applied as soon as it is chosen, and what came of it is said', async () => {
  const { screen, services } = await open()
  const asked: string[] = []
  Object.assign(services.pages, {
    applyKeyboard: async (keymap: string) => {
      asked.push(keymap)
      return { problems: [], good: [`the keyboard is ${keymap} now`], unknown: [], found: [] }
    },
  })
  screen.press('Down')
  screen.type('de-latin1\r')
  await screen.waitForText('✓ The keyboard is de-latin1 now.')
  expect(asked).toEqual(['de-latin1'])
  screen.type('zyäö')
  await screen.waitForText('Try it here [zyäö')
})
