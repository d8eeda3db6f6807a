import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { everyPage, openPage } from '../testing/open-page.ts'
import type { Screen } from '../testing/screen.ts'
import type { ScreenServices } from '../testing/screen-services.ts'

// Each page as it stands on a terminal of 80x24, as text. `npm run update-frames` writes them anew; the diff is the review.

vi.setConfig({ testTimeout: 60_000 })
const FRAMES = new URL('frames/', import.meta.url)
const isUpdate = process.env.KEYSTONE_UPDATE_FRAMES === '1'

let opened: { screen: Screen; services: ScreenServices } | undefined
afterEach(async () => {
  opened?.services.end({ status: 'cancelled' })
  await opened?.screen.close()
  opened = undefined
})

/** The clock of the install apart, a frame says the same each time. */
const still = (text: string) => text.replace(/\d+:\d\d so far.*/u, 'm:ss so far')

function expectFrame(name: string, text: string) {
  const file = new URL(`${name}.txt`, FRAMES)
  if (isUpdate) writeFileSync(file, `${still(text)}\n`)
  expect(`${still(text)}\n`).toBe(
    existsSync(file) ? readFileSync(file, 'utf8') : 'no such frame: npm run update-frames',
  )
}

test.each(everyPage)('%s', async (page) => {
  opened = await openPage(page)
  expectFrame(page, opened.screen.text())
})

test.each(everyPage)('the help of %s', async (page) => {
  opened = await openPage(page)
  opened.screen.press('F1')
  await opened.screen.waitForText('── Help')
  expectFrame(`${page}-help`, opened.screen.text())
})

test.each(['disk', 'install', 'done'] as const)('the question before leaving %s', async (page) => {
  opened = await openPage(page)
  opened.screen.press('Ctrl-C')
  await opened.screen.waitForText('y: yes   n: no')
  expectFrame(`${page}-quit`, opened.screen.text())
})

test('a window that is too small', async () => {
  opened = await openPage('disk')
  opened.screen.resize(40, 10)
  await opened.screen.waitForText('Nothing is lost.')
  expectFrame('too-small', opened.screen.text())
})

test('no frame is kept that no page has', () => {
  const known = [
    ...everyPage.flatMap((page) => [page, `${page}-help`]),
    ...['disk-quit', 'install-quit', 'done-quit', 'too-small'],
  ]
  expect(
    readdirSync(FRAMES)
      .map((name) => name.replace(/\.txt$/, ''))
      .toSorted(),
  ).toEqual(known.toSorted())
})
