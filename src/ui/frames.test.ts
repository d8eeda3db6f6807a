import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { catalogue } from '../failures/catalogue.ts'
import { diagnose } from '../failures/diagnose.ts'
import { changedInstall } from '../testing/begun.ts'
import { everyPage, openPage } from '../testing/open-page.ts'
import type { Screen } from '../testing/screen.ts'
import { buildFailure, RECOVERY_KEY, type ScreenServices } from '../testing/screen-services.ts'

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

test('an earlier install that was looked at (begun-look)', async () => {
  opened = await openPage('begun')
  opened.screen.press('Down', 'Down', 'Enter')
  await opened.screen.waitForText('── The earlier install')
  expectFrame('begun-look', opened.screen.text())
})

test('an earlier install that cannot go on (begun-changed)', async () => {
  opened = await openPage('begun', { earlier: changedInstall })
  expectFrame('begun-changed', opened.screen.text())
})

test('a failure whose disks are still being let go (failed-releasing)', async () => {
  opened = await openPage('install')
  const request = await opened.services.started(0)
  request.onEvent({ type: 'task-failed', at: new Date().toISOString(), failure: buildFailure })
  await opened.screen.waitForText('The install stopped at')
  expectFrame('failed-releasing', opened.screen.text())
})

test('a failure whose cause is known (failed-diagnosed)', async () => {
  const example = catalogue.find(({ code }) => code === 'target-busy')?.example
  if (example === undefined) throw new Error('no such entry')
  const diagnosis = diagnose(example.signature, example.facts)
  if (diagnosis === null) throw new Error('it is not known')
  opened = await openPage('install')
  const request = await opened.services.started(0)
  const { command: _, ...found } = buildFailure
  const failure = { ...found, task: 'unmount', nextSteps: [], diagnosis } as const
  request.onEvent({ type: 'task-failed', at: new Date().toISOString(), failure })
  opened.services.end({ status: 'failed', failure })
  await opened.screen.waitForText('(advised)')
  await opened.screen.waitFor((text) => !text.includes('being let go'), 'the disks to be let go')
  expectFrame('failed-diagnosed', opened.screen.text())
})

test('where a support bundle may go (failed-bundle)', async () => {
  opened = await openPage('failed')
  opened.screen.press('F2')
  await opened.screen.waitForText('As text onto this line')
  expectFrame('failed-bundle', opened.screen.text())
})

test('whether to power off (failed-power-off)', async () => {
  opened = await openPage('failed')
  opened.screen.press('Down', 'Down', 'Down', 'Down', 'Down', 'Enter')
  await opened.screen.waitForText('Power off now?')
  expectFrame('failed-power-off', opened.screen.text())
})

test('a passphrase that the disks refused (secrets-refused)', async () => {
  opened = await openPage('secrets')
  const { screen, services } = opened
  screen.type('four random words here\rthree random words\rthree random words\r\r\r')
  await screen.waitForText('[**********************')
  screen.type(RECOVERY_KEY.reveal())
  await screen.waitForText('8 iiiiiiii')
  screen.press('Enter')
  const request = await services.started(0)
  const entry = catalogue.find(({ code }) => code === 'passphrase-refused')
  const diagnosis = entry && diagnose(entry.example.signature, entry.example.facts)
  if (!diagnosis) throw new Error('it is not known')
  const { command: _, ...found } = buildFailure
  const failure = { ...found, task: 'partition', nextSteps: [], diagnosis } as const
  request.onEvent({ type: 'task-failed', at: new Date().toISOString(), failure })
  services.end({ status: 'failed', failure })
  await screen.waitForText('(advised)')
  await screen.waitFor((text) => !text.includes('being let go'), 'the disks to be let go')
  expectFrame('failed-refused', screen.text())
  screen.press('Enter')
  await screen.waitForText('type the passphrase that its disks')
  expectFrame('secrets-refused', screen.text())
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
    ...['begun-look', 'begun-changed', 'failed-releasing', 'failed-bundle', 'failed-diagnosed'],
    ...['failed-power-off', 'failed-refused', 'secrets-refused'],
  ]
  expect(
    readdirSync(FRAMES)
      .map((name) => name.replace(/\.txt$/, ''))
      .toSorted(),
  ).toEqual(known.toSorted())
})
