import { afterEach, expect, test, vi } from 'vitest'
import { everyPage, openPage } from '../testing/open-page.ts'
import type { Screen } from '../testing/screen.ts'
import type { ScreenServices } from '../testing/screen-services.ts'
import { type PageId, pageTitle } from '../wizard/pages.ts'

vi.setConfig({ testTimeout: 60_000 })

let screen: Screen
let services: ScreenServices

afterEach(async () => {
  services.end({ status: 'cancelled' })
  await screen.close()
})

const pages = everyPage

async function openAt(page: PageId, options: Parameters<typeof openPage>[1] = {}) {
  const opened = await openPage(page, options)
  screen = opened.screen
  services = opened.services
}

/** Without the clock of the install. */
const still = (text: string) => text.replace(/\d+:\d\d so far.*/u, '')

const sizes = [
  [80, 24],
  [100, 37],
  [132, 50],
] as const

const cases = pages.flatMap((page) => sizes.map(([columns, rows]) => [page, columns, rows] as const))

test.each(cases)('%s fills %i x %i: title above, keys below, nothing cut off', async (page, columns, rows) => {
  await openAt(page, { columns, rows })
  const shown = screen.rows()
  expect(shown.length).toBe(rows)
  expect(shown[0]).toContain(pageTitle(page))
  expect(shown.at(-1)).toContain(page === 'install' ? 'Ctrl-C cancel' : 'Ctrl-C quit')
  expect(shown.at(-1)).toMatch(/F1(\/\?)? help/)
  // The sign of a cut text. The same text in full would not have it, apart from an example of an address.
  expect(screen.text().replaceAll('https://…', '')).not.toContain('…')
})

test.each(pages)('%s works in ASCII, without colour and without a UTF-8 terminal', async (page) => {
  await openAt(page, { capabilities: { unicode: false, colour: false } })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  const sgr = screen.written().matchAll(/\u001B\[([\d;]*)m/gu)
  const styles = new Set([...sgr].flatMap(([, codes = '']) => codes.split(';')))
  // Only reset, bold, reverse and their ends: no colour, no dim.
  expect([...styles].filter((code) => !['', '0', '1', '7', '22', '27'].includes(code))).toEqual([])
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  expect(screen.written().replace(/[\u0000-\u007F]/gu, '')).toBe('')
})

test.each(pages)('%s has help, and it closes', async (page) => {
  await openAt(page)
  const before = still(screen.text())
  screen.press('F1')
  await screen.waitForText('── Help')
  expect(screen.text()).toContain('Esc close')
  screen.press('Esc')
  await screen.waitFor((text) => still(text) === before, 'the page as it was')
})

test.each(pages)('%s: Ctrl-C asks, again and again, and "no" leads back', async (page) => {
  await openAt(page)
  const before = still(screen.text())
  const question = page === 'install' ? 'Cancel the install?' : page === 'done' ? 'Quit without a reboot?' : 'Quit?'
  screen.press('Ctrl-C', 'Ctrl-C', 'Ctrl-C')
  await screen.waitForText(question)
  screen.type('nn')
  await screen.waitFor((text) => still(text) === before, 'the page as it was')
})

test.each(pages.filter((page) => page !== 'install'))('%s: Ctrl-C and "yes" leaves', async (page) => {
  await openAt(page)
  screen.send('\u0003yy')
  const reason = page === 'failed' ? 'failed' : page === 'done' ? 'installed' : 'quit'
  expect(await screen.exit).toEqual({ reason })
  expect(services.calls).toEqual([])
})

test('before the install the question says that nothing was changed', async () => {
  await openAt('confirm')
  screen.press('Ctrl-C')
  await screen.waitForText('Nothing has been changed on this machine.')
})

test('Enter on the first answer of the question stays', async () => {
  await openAt('disk')
  screen.press('Ctrl-C')
  await screen.waitForText('No, stay')
  screen.press('Enter')
  await screen.waitForText('Step 3 of 10')
})

test('the terminal is given back at the end: cursor, wrapping, pastes, screen', async () => {
  await openAt('welcome')
  screen.send('\u0003y')
  await screen.exit
  expect(screen.written().slice(-60)).toContain(
    '\u001B[?2004l\u001B[?7h\u001B[0m\u001B[2J\u001B[H\u001B[?25h\u001B[?1049l',
  )
})

test('a window that is too small says so, and the page comes back as it was', async () => {
  await openAt('encryption')
  screen.press('Tab')
  screen.type('corr')
  await screen.waitForText('[****')
  // The last thing that comes to this page by itself.
  await screen.waitForText('weak, guessed')
  const before = screen.text()
  screen.resize(70, 20)
  await screen.waitForText('It has 70 columns and 20 rows; Keystone needs 80 and 24.')
  screen.resize(80, 24)
  await screen.waitFor((text) => text === before, 'the page as it was')
})

test('a tiny window says the most important, each line whole', async () => {
  await openAt('encryption')
  screen.resize(20, 5)
  await screen.waitForText('Ctrl-C: quit')
  expect(screen.rows().map((row) => row.trimEnd())).toEqual([
    'This window is too',
    'small: 80x24 is',
    'needed. Nothing is',
    'lost.',
    'Ctrl-C: quit',
  ])
  screen.resize(80, 24)
  await screen.waitForText('How are the disks encrypted')
})

test('Ctrl-L draws a torn screen again', async () => {
  await openAt('disk')
  const before = screen.written().length
  screen.press('Ctrl-L')
  await screen.waitFor(
    () => screen.written().slice(before).includes('How should the disks be used?'),
    'a second drawing',
  )
})
