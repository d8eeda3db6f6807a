import { afterEach, expect, test, vi } from 'vitest'
import type { InstallEvent } from '../model/event.ts'
import type { WayOn } from '../model/failure.ts'
import { hardware } from '../testing/machine.ts'
import { openPage } from '../testing/open-page.ts'
import { openScreen, type Screen } from '../testing/screen.ts'
import { buildFailure, eventsUntil, type ScreenServices, screenServices } from '../testing/screen-services.ts'
import { walkTo } from '../testing/screen-walk.ts'
import type { InstallRequest, WizardServices } from './services.ts'

vi.setConfig({ testTimeout: 60_000 })

let screen: Screen
let services: ScreenServices
let request: InstallRequest

afterEach(async () => {
  services.end({ status: 'cancelled' })
  await screen.close()
})

const AT = '2026-05-30T10:00:00.000Z'
const failed: InstallEvent = { type: 'task-failed', at: AT, failure: buildFailure }

/** A failure whose undo is still at work. */
async function openReleasing(more: Partial<WizardServices> = {}): Promise<void> {
  const opened = await openPage('install')
  screen = opened.screen
  services = Object.assign(opened.services, more)
  request = await services.started(0)
  request.onEvent(failed)
  await screen.waitForText('The install stopped at: Build the system')
}

async function openFailed(more: Partial<WizardServices> = {}): Promise<void> {
  await openReleasing(more)
  services.end({ status: 'failed', failure: buildFailure })
  await screen.waitFor((text) => !text.includes('being let go'), 'the disks to be let go')
}

test('is there with the failure; what needs the disks waits for them, with the reason', async () => {
  await openReleasing()
  expect(screen.text()).toContain('The disks are being let go. A shell and power off do not wait for that.')
  expect(screen.text()).toContain('Try again: go on where it stopped (when the disks are let go)')
  expect(screen.text()).toContain('Change the answers and start over (when the disks are let go)')
  screen.press('Enter')
  await screen.waitForText('this waits for that')
  expect(services.installs).toHaveLength(1)
  services.end({ status: 'failed', failure: buildFailure })
  await screen.waitFor((text) => !text.includes('when the disks'), 'the disks to be let go')
  screen.press('Enter')
  expect((await services.started(1)).isRetry).toBe(true)
})

test('shell and power off are there at once, and nobody waits for the disks', async () => {
  await openReleasing()
  screen.press('Down', 'Down', 'Down', 'Enter')
  await screen.waitFor(() => services.calls.includes('shell'), 'the shell')
  await screen.waitForText('Power off')
  screen.press('Down', 'Down', 'Enter')
  await screen.waitForText('Power off now?')
  expect(screen.text()).toContain('The disks are still being let go; power off does not wait for that.')
  expect(services.calls).toEqual(['shell'])
  screen.type('y')
  await screen.waitFor(() => services.calls.includes('power off'), 'power off')
  await screen.waitForText('Powering off')
})

test('power off is asked for once, and "no" is what Enter takes first', async () => {
  await openFailed()
  screen.press('F2')
  await screen.waitForText('As text onto this line')
  screen.press('Esc')
  await screen.waitForText('Open a shell')
  const choose = Array.from({ length: 5 }, () => 'Down' as const)
  screen.press(...choose, 'Enter')
  await screen.waitForText('Power off now?')
  // Its disks are formatted: eventsUntil('build').
  expect(screen.text()).toContain('Start the machine with this medium again, and\n  it can go on.')
  screen.press('Enter')
  await screen.waitForText('Open a shell')
  screen.press(...choose, 'Enter')
  await screen.waitForText('Power off now?')
  screen.type('n')
  await screen.waitForText('Open a shell')
  screen.press(...choose, 'Enter')
  await screen.waitForText('Power off now?')
  screen.press('Down', 'Enter')
  await screen.waitFor(() => services.calls.includes('power off'), 'power off')
  expect(services.calls).toEqual(['power off'])
})

test.each([
  ['preflight', 'Nothing was changed on the disks.'],
  ['partition', 'The disks were not formatted to the end'],
] as const)('after a failure in %s the question says what is left: %s', async (task, words) => {
  services = screenServices(hardware('two-virtio-uefi-tpm'))
  screen = await openScreen({ services })
  await walkTo('install', screen, services)
  request = await services.started(0)
  const failure = { ...buildFailure, task }
  for (const event of eventsUntil(task)) request.onEvent(event)
  request.onEvent({ type: 'task-failed', at: AT, failure })
  services.end({ status: 'failed', failure })
  await screen.waitForText('The install stopped at')
  await screen.waitFor((text) => !text.includes('being let go'), 'the disks to be let go')
  screen.press('Down', 'Down', 'Down', 'Down', 'Down', 'Enter')
  await screen.waitForText('Power off now?')
  expect(screen.text()).toContain(words)
})

test('a passphrase that the disks refuse is asked for again, alone, and the install goes on with that one', async () => {
  await openReleasing()
  const diagnosis = {
    code: 'passphrase-refused',
    cause: 'The passphrase does not open the disk.',
    remedy: ['type it again'],
    waysOn: ['retry', 'power-off'],
  } as const
  const failure = { ...buildFailure, diagnosis }
  request.onEvent({ type: 'task-failed', at: AT, failure })
  services.end({ status: 'failed', failure })
  await screen.waitForText('Try again: type the passphrase once more (advised)')
  await screen.waitFor((text) => !text.includes('when the disks'), 'the disks to be let go')
  screen.press('Enter')
  await screen.waitForText('To go on with primer, type the passphrase that its disks were formatted')
  await screen.waitForText('The disks did not open with the one that was typed before.')
  expect(screen.text()).not.toContain('Password of the admin')
  expect(screen.text()).not.toContain('Once more')
  screen.press('Ctrl-C')
  await screen.waitForText('The install is not complete.')
  screen.type('n')
  await screen.waitForText('Passphrase of the disks')
  screen.type('four other words here\r\r\r')
  const again = await services.started(1)
  expect(again.secrets.passphrase?.reveal()).toBe('four other words here')
  expect(again.secrets.password?.reveal()).toBe('three random words')
  expect(again.isRetry).toBe(true)
})

test('what could not be let go is told', async () => {
  await openReleasing()
  const problem = { code: 'target-busy', path: [], message: '/mnt/nix is still in use by bash (4711)' }
  request.onEvent({ type: 'released', at: AT, problems: [problem] })
  await screen.waitForText('/mnt/nix is still in use by bash (4711)')
})

test("the log's end is that of the failure, not of the undo", async () => {
  await openReleasing()
  for (let line = 0; line < 20; line++) request.onEvent({ type: 'log', at: AT, task: 'build', line: `undone ${line}` })
  services.end({ status: 'failed', failure: buildFailure })
  await screen.waitFor((text) => !text.includes('when the disks'), 'the disks to be let go')
  expect(screen.text()).toContain('commit-config: all went well')
  expect(screen.text()).not.toContain('undone 19')
})

test('cause and remedy of the catalogue come first', async () => {
  await openFailed()
  const diagnosis = {
    code: 'disk-gone',
    cause: 'The disk vdb is not there any more.',
    remedy: ['put it back'],
    waysOn: ['retry', 'power-off'],
  } as const
  screen.press('Enter')
  const again = await services.started(1)
  const failure = { ...buildFailure, message: 'nix failed', nextSteps: ['put it back', 'try again'], diagnosis }
  again.onEvent({ type: 'task-failed', at: AT, failure })
  await screen.waitForText('The disk vdb is not there any more.')
  await screen.waitForText('- put it back')
  expect(screen.text()).not.toContain('Nix failed')
})

/** The menu of a failure with this advice, without its frame. */
async function menuWith(waysOn: readonly WayOn[]): Promise<readonly string[]> {
  const opened = await openPage('install')
  screen = opened.screen
  services = opened.services
  const diagnosis = { code: 'clock-wrong', cause: 'The clock is wrong.', remedy: ['set it'], waysOn }
  const event: InstallEvent = { type: 'task-failed', at: AT, failure: { ...buildFailure, diagnosis } }
  request = await services.started(0)
  request.onEvent(event)
  services.end({ status: 'failed', failure: event.failure })
  await screen.waitForText('The clock is wrong.')
  await screen.waitFor((text) => !text.includes('when the disks'), 'the disks to be let go')
  const lines = screen.text().split('\n')
  const last = lines.findIndex((line) => line.includes('Quit'))
  return lines.slice(last - 6, last + 1).map((line) => line.trim())
}

test('what helps with this cause stands first and is marked, and Enter takes it; all ways are there', async () => {
  expect(await menuWith(['shell', 'retry', 'bundle', 'power-off'])).toEqual([
    '❯  Open a shell (advised)',
    'View the log',
    'Try again: go on where it stopped',
    'Save a support bundle (F2)',
    'Power off',
    'Change the answers and start over',
    'Quit',
  ])
  screen.press('Enter')
  await screen.waitFor(() => services.calls.includes('shell'), 'the shell')
})

test('where other answers help, they stand first', async () => {
  expect((await menuWith(['answers', 'retry'])).slice(0, 4)).toEqual([
    '❯  Change the answers and start over (advised)',
    'View the log',
    'Try again: go on where it stopped',
    'Open a shell',
  ])
})

test('F2 saves a support bundle onto a stick', async () => {
  await openReleasing({ sticks: async () => [{ partition: '/dev/sdc1', label: 'KEYS', sizeBytes: 2 ** 30 }] })
  screen.press('F2')
  await screen.waitForText('Onto the USB stick KEYS, /dev/sdc1, 1 GiB')
  screen.press('Enter')
  await screen.waitForText('/stick/keystone-bundle.tar.gz')
  expect(services.calls).toEqual(['bundle usb'])
  screen.press('Enter')
  await screen.waitForText('Open a shell')
})

test('without a stick it is served on the network, once, with a code; Esc ends that', async () => {
  let fetched: (isTaken: boolean) => void = () => {}
  let stops = 0
  await openFailed({
    saveBundle: async () => ({
      status: 'serving',
      url: 'http://10.0.2.15:8080/',
      code: 'abcdefgh',
      taken: new Promise((resolve) => {
        fetched = resolve
      }),
      stop: () => {
        stops += 1
      },
    }),
  })
  screen.press('F2')
  await screen.waitForText('No USB stick')
  screen.press('Enter')
  await screen.waitForText('http://10.0.2.15:8080/')
  await screen.waitForText('The code is abcdefgh.')
  fetched(true)
  await screen.waitForText('The support bundle was fetched.')
  screen.press('Esc')
  await screen.waitForText('Open a shell')
  expect(stops).toBe(1)
})

test('as text it goes to the terminal itself, outside of any page', async () => {
  await openFailed({ saveBundle: async () => ({ status: 'text', lines: ['BEGIN', 'aGVsbG8=', 'END'] }) })
  screen.press('F2')
  await screen.waitForText('As text onto this line')
  screen.press('Down', 'Enter')
  await screen.waitForText('3 lines of text.')
  expect(screen.written()).toContain('\r\nBEGIN\r\naGVsbG8=\r\nEND\r\n')
})

test('a bundle that cannot be saved says why, and another way can be tried', async () => {
  await openFailed({ saveBundle: () => Promise.reject(new Error('the stick is full')) })
  screen.press('F2')
  await screen.waitForText('As text onto this line')
  screen.press('Enter')
  await screen.waitForText('It was not saved: the stick is full')
  await screen.waitForText('As text onto this line')
})
