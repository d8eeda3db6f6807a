import { steps } from '../steps/order.ts'
import { isStepPage, type PageId } from '../wizard/pages.ts'
import { bodyWidth } from './frame-size.ts'
import type { View } from './session.ts'
import { pad, wrap } from './text.ts'

const PAGE_HELP: Readonly<Record<Exclude<PageId, keyof typeof steps>, readonly string[]>> = {
  begun: [
    'An install writes down each task before and after it. This is what was found of one that did not come to its end: by a power cut, a crash, or because somebody ended it.',
    '"Continue" does what is left, without a reboot and without erasing anything again that is in order. Each task is looked at on the machine first; only one that does not hold is done again.',
    '"Start over" leads through the pages as for a new install, filled in with the earlier answers. "Look" only shows.',
    'Continue is not possible when the machine is not the one of the plan any more (a disk is gone, or is another one), or when this is another version of Keystone.',
  ],
  secrets: [
    'An install keeps no secret, so what is left to do needs some of them again. The passphrase opens the disks that are formatted already: it must be the same. The password of the admin and the PIN are not set yet, so they are asked for twice.',
    'The recovery key is asked for when no disk has it yet. If the paper is lost, a new key is made and shown; the old one then opens nothing.',
  ],
  welcome: [
    'This page shows what was found in the machine. If something is missing for an install, it says so in words, with what to do about it.',
    'Answers that were saved before can be loaded from a file; then only what they leave open is asked, and the review comes next. The passphrases and passwords are not in such a file.',
    'Nothing is changed on any disk until the page "Confirm", where the names of the disks must be typed.',
  ],
  review: [
    'All answers on one page. Move to the name of a page and press Enter to change it; you come back here.',
    'A line that begins with ! must be put right first.',
    '"The rest" tells where the other space goes. Slop space is what ZFS keeps back, so that data can still be deleted when the pool is full.',
    'At the end of the page the answers can be saved to a file, to use them again: keystone --answers FILE. Passphrases and passwords are not in it.',
  ],
  recovery: [
    'The recovery key is a second passphrase, made at random. It opens the disks when you have forgotten yours, or when it was never known to the person who needs it. Type it at boot where the passphrase is asked for: with its dashes, all in small letters or all in capitals.',
    'It is kept in no file and no log, and never on this machine. If the install fails and you try again, the key stays the same; after the install it is forgotten.',
    'Two of its groups are asked for so that nobody erases a disk before the key is on paper. The QR code holds the key in capitals. Not every camera app is private: some send what they read away.',
  ],
  confirm: [
    'The last page before anything is changed. Compare model, serial number and size with the label on the disk.',
    'The disks are erased only when their names are typed exactly as shown, with one space between two names. Esc leads back.',
    'Below that, each disk is shown as it is now and as it will be, with everything that is erased and created.',
  ],
  install: [
    'The installer works through the list of tasks. The log below shows what the programs say; it scrolls with the arrow keys, and End follows it again.',
    'The time left is a guess from the speed until now. Ctrl-C asks whether to cancel.',
  ],
  failed: [
    'Something went wrong, or you cancelled. The page says what is known about the cause and what you can do.',
    '"Try again" goes on where it stopped: what is done already is not done again. After a passphrase that the disks refused, it asks for it once more. "Change the answers" starts over, with a new confirmation. Both wait until the disks are let go; a shell and power off do not. What is advised for this cause comes first in the list.',
    'A support bundle holds the log, the hardware, the plan and what the kernel said, and no secret. It goes onto a USB stick, to another computer on the network by a code that works once, or as text onto this line.',
  ],
  done: ['The system is installed. The recovery key was shown before the install and cannot be shown again.'],
}

type Keys = readonly (readonly [string, string])[]

const HELP_KEY = ['F1', 'this help; also ?, where no text is typed'] as const

const FORM_KEYS: Keys = [
  ['Up, Down', 'from line to line'],
  ['Tab, Shift-Tab', 'from question to question'],
  ['Enter', 'take this and go on'],
  ['Space', 'choose, turn on and off, or open a list'],
  ['a letter', 'on a list: search in it'],
  ['Esc', 'back to the page before; answers are kept'],
  ['Page Up, Page Down', 'scroll'],
  ['Ctrl-U, Ctrl-W', 'in a text: clear it, or its last word'],
  ['Ctrl-L', 'draw the screen again'],
  ['Ctrl-C', 'quit; it asks first'],
]

/** Of the pages that are no form: there most of the keys above do nothing, or something else. */
const OTHER_KEYS: Readonly<Partial<Record<PageId, Keys>>> = {
  install: [
    ['Up, Down', 'scroll the log by a line'],
    ['Page Up, Page Down', 'scroll the log by a page'],
    ['Home, End', 'to the beginning, or to the end and follow it'],
    ['Ctrl-L', 'draw the screen again'],
    ['Ctrl-C', 'cancel the install; it asks first'],
  ],
  failed: [
    ['Up, Down', 'choose what to do'],
    ['Enter', 'do it'],
    ['F2', 'save a support bundle'],
    ['Page Up, Page Down', 'scroll'],
    ['Ctrl-L', 'draw the screen again'],
    ['Ctrl-C', 'quit; it asks first'],
  ],
  done: [
    ['Enter', 'go on'],
    ['Page Up, Page Down', 'scroll'],
    ['Ctrl-L', 'draw the screen again'],
    ['Ctrl-C', 'quit without a reboot; it asks first'],
  ],
}

export function helpLines(view: View): readonly string[] {
  const { page } = view.wizard
  const width = bodyWidth(view.size)
  const paragraphs = isStepPage(page) ? steps[page].help : PAGE_HELP[page]
  return [
    ...paragraphs.flatMap((paragraph) => [...wrap(paragraph, width), '']),
    'Keys',
    ...[...(OTHER_KEYS[page] ?? FORM_KEYS), HELP_KEY].map(([key, action]) => `  ${pad(key, 20)}${action}`),
  ]
}
