import { steps } from '../steps/order.ts'
import { isStepPage, type PageId } from '../wizard/pages.ts'
import { bodyWidth } from './frame-size.ts'
import type { View } from './session.ts'
import { pad, wrap } from './text.ts'

const PAGE_HELP: Readonly<Record<Exclude<PageId, keyof typeof steps>, readonly string[]>> = {
  welcome: [
    'This page shows what was found in the machine. If something is missing for an install, it says so in words, with what to do about it.',
    'Nothing is changed on any disk until the page "Confirm", where the names of the disks must be typed.',
  ],
  review: [
    'All answers on one page. Move to the name of a page and press Enter to change it; you come back here.',
    'A line that begins with ! must be put right first.',
  ],
  confirm: [
    'The last page before anything is changed. Compare model, serial number and size with the label on the disk.',
    'The disks are erased only when their names are typed exactly as shown, with one space between two names. Esc leads back.',
  ],
  install: [
    'The installer works through the list of tasks. The log below shows what the programs say; it scrolls with the arrow keys, and End follows it again.',
    'The time left is a guess from the speed until now. Ctrl-C asks whether to cancel.',
  ],
  failed: [
    'Something went wrong, or you cancelled. The page says what is known about the cause and what you can do.',
    '"Try again" goes on where it stopped: what is done already is not done again. "Change the answers" starts over, with a new confirmation.',
  ],
  done: ['The system is installed. If a recovery key was made it is shown here, once.'],
}

const KEYS: readonly (readonly [string, string])[] = [
  ['Up, Down', 'from line to line'],
  ['Tab, Shift-Tab', 'from question to question'],
  ['Enter', 'take this and go on'],
  ['Space', 'choose, or turn on and off'],
  ['Esc', 'back to the page before; answers are kept'],
  ['Page Up, Page Down', 'scroll'],
  ['Ctrl-U, Ctrl-W', 'in a text: clear it, or its last word'],
  ['Ctrl-L', 'draw the screen again'],
  ['Ctrl-C', 'quit; it asks first'],
]

export function helpLines(view: View): readonly string[] {
  const { page } = view.wizard
  const width = bodyWidth(view.size)
  const paragraphs = isStepPage(page) ? steps[page].help : PAGE_HELP[page]
  return [
    ...paragraphs.flatMap((paragraph) => [...wrap(paragraph, width), '']),
    'Keys',
    ...KEYS.map(([key, action]) => `  ${pad(key, 20)}${action}`),
  ]
}
