import * as z from 'zod'
import { checkedText } from '../field.ts'
import type { Step } from '../step.ts'
import { DEFAULT_KEYBOARD, KEYBOARDS } from './keyboards.ts'
import { knownName } from './known-names.ts'
import { DEFAULT_LANGUAGE, LANGUAGES } from './languages.ts'
import { DEFAULT_TIME_ZONE, isTimeZone, timeZones } from './time-zones.ts'

export const checkLanguage = knownName([...LANGUAGES.keys()], {
  code: 'unknown-language',
  what: 'a language',
  example: `such as ${DEFAULT_LANGUAGE} or de_DE.UTF-8`,
  words: (name) => LANGUAGES.get(name) ?? '',
})

export const checkKeyboard = knownName([...KEYBOARDS.keys()], {
  code: 'unknown-keyboard',
  what: 'a keyboard layout',
  example: 'such as us, uk or de-latin1',
  words: (name) => KEYBOARDS.get(name) ?? '',
})

const checkListedZone = knownName(timeZones(), {
  code: 'unknown-time-zone',
  what: 'a time zone',
  example: 'such as UTC or Europe/Berlin',
})

export const systemStep: Step<'system'> = {
  id: 'system',
  title: 'System',
  help: [
    'The language is that of the installed system: of its messages, dates and numbers. This wizard speaks English only.',
    'The keyboard layout is used on the screen of this machine, now and after the install, and also where the passphrase is ' +
      'typed at boot. It is changed at once, so that you type the passphrase here as you will type it then.',
    'On a serial line or over SSH the layout of your own terminal counts, and nothing changes here. At boot over a serial ' +
      'line too.',
    'The time zone is for clocks that people read. UTC is a good choice for a server; certificates and logs do not care.',
  ],
  schema: z.strictObject({
    language: checkedText(checkLanguage, `locale such as ${DEFAULT_LANGUAGE}`),
    keyboard: checkedText(checkKeyboard, 'keymap of the console, such as us or de-latin1'),
    timeZone: checkedText(
      (text) => (isTimeZone(text) ? null : checkListedZone(text)),
      'name of the IANA database, such as Europe/Berlin or UTC',
    ),
  }),
  defaults: () => ({ language: DEFAULT_LANGUAGE, keyboard: DEFAULT_KEYBOARD, timeZone: DEFAULT_TIME_ZONE }),
  check: () => [],
  summary: ({ language, keyboard, timeZone }) => [
    { label: 'Language', value: `${LANGUAGES.get(language) ?? language}, ${language}` },
    { label: 'Keyboard', value: `${KEYBOARDS.get(keyboard) ?? keyboard}, ${keyboard}` },
    { label: 'Time zone', value: timeZone },
  ],
}
