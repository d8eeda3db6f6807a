import { afterEach, expect, test, vi } from 'vitest'
import { hardware } from '../testing/machine.ts'
import { openScreen, type Screen } from '../testing/screen.ts'
import {
  buildFailure,
  eventsOfAll,
  eventsUntil,
  RECOVERY_KEY,
  type ScreenServices,
  screenServices,
} from '../testing/screen-services.ts'
import { AS_IT_IS, PASSPHRASE, PASSWORD, WALK, walkTo } from '../testing/screen-walk.ts'

// Whole walks on a machine that may be busy with other things.
vi.setConfig({ testTimeout: 60_000 })

let screen: Screen
let services: ScreenServices

afterEach(async () => {
  services.end({ status: 'cancelled' })
  await screen.close()
})

async function open(more: Partial<Parameters<typeof openScreen>[0]> = {}): Promise<void> {
  services = screenServices(hardware('two-virtio-uefi-tpm'))
  screen = await openScreen({ services, ...more })
  await screen.waitForText('Everything that an install needs is here')
}

const walkToConfirm = () => walkTo('confirm', screen, services)

async function walkToInstall() {
  await walkTo('install', screen, services)
  return services.started(0)
}

test('a whole install: all pages, the recovery key, progress, and a reboot', async () => {
  await open()
  const request = await walkToInstall()
  expect(request.answers).toMatchObject({
    disk: { layout: 'single-zfs', devices: ['/dev/disk/by-id/virtio-keystone-a'], swapBytes: 536870912 },
    encryption: { unlock: 'tpm', pin: null, recoveryKey: true },
    network: { interface: 'enp0s2', mode: 'dhcp' },
    identity: { hostName: 'primer', userName: 'admin', sshKeys: [] },
    cluster: { name: 'home', role: 'primer' },
  })
  expect(request.answers?.encryption.passphrase?.reveal()).toBe(PASSPHRASE)
  expect(request.answers?.identity.password?.reveal()).toBe(PASSWORD)
  expect(request.confirmation).toEqual({
    disks: [{ id: '/dev/disk/by-id/virtio-keystone-a', serial: 'keystone-a', sizeBytes: 8589934592, path: '/dev/vdb' }],
  })
  expect([request.isRetry, request.begun]).toEqual([false, null])
  expect(request.secrets.passphrase?.reveal()).toBe(PASSPHRASE)
  expect(request.secrets.recoveryKey?.reveal()).toBe(RECOVERY_KEY.reveal())

  for (const event of eventsUntil('build')) request.onEvent(event)
  await screen.waitForText('write-config: all went well')
  for (const event of eventsOfAll()) request.onEvent(event)
  services.end({ status: 'installed' })
  await screen.waitForText('Reboot now')
  expect(screen.text()).toContain('Keep the paper with the recovery key in a safe place')
  expect(screen.text()).not.toContain('tuvcbdef')
  screen.press('Enter')
  expect(await screen.exit).toEqual({ reason: 'installed' })
  expect(services.calls).toEqual(['reboot'])
})

test('neither passphrase nor password is ever written to the terminal', async () => {
  await open()
  await walkToConfirm()
  expect(screen.written()).not.toContain(PASSPHRASE)
  expect(screen.written()).not.toContain(PASSWORD)
})

test('Esc through all pages and Enter forwards again keeps the answers', async () => {
  await open()
  await walkToConfirm()
  for (const step of [9, 8, 7, 6, 5, 4, 3, 2, 1]) {
    screen.press('Esc')
    await screen.waitForText(`Step ${step} of 10`)
  }
  for (const [, , sign] of WALK.slice(0, 3)) {
    screen.type(sign === 'Step 2 of 10' ? '\r' : AS_IT_IS)
    await screen.waitForText(sign)
  }
  expect(screen.text()).toContain('Passphrase [*********************')
  expect(screen.text()).toContain('Once more  [*********************')
})

test('all keys of a page in one write', async () => {
  await open()
  // Welcome, system, disk, encryption with both entries, network, as fast as a line can carry them.
  screen.send(
    WALK.slice(0, 5)
      .map(([, keys]) => keys)
      .join(''),
  )
  await screen.waitForText('Step 6 of 10')
})

test('a failure shows cause, next steps and log; trying again resumes', async () => {
  await open()
  const first = await walkToInstall()
  for (const event of eventsUntil('build')) first.onEvent(event)
  first.onEvent({
    type: 'log',
    at: '2026-11-22T10:00:00.000Z',
    task: 'build',
    line: 'error: unable to download the source',
  })
  services.end({ status: 'failed', failure: buildFailure })
  await screen.waitForText('The install stopped at: Build the system')
  for (const text of [
    'The system could not be built.',
    'Command (exit code 1): nix build --store /mnt /mnt/etc/nixos#primer',
    '- check that the network works',
    'error: unable to download the source',
    'Try again: go on where it stopped',
  ]) {
    expect(screen.text()).toContain(text)
  }
  screen.press('Down', 'Enter')
  await screen.waitForText('second line of the log')
  screen.press('Esc')
  await screen.waitForText('Open a shell')
  screen.press('Down', 'Down', 'Down', 'Enter')
  await screen.waitFor(() => services.calls.includes('shell'), 'the shell')
  await screen.waitForText('Open a shell')
  screen.press('Up', 'Up', 'Up', 'Enter')
  const second = await services.started(1)
  expect(second.isRetry).toBe(true)
  expect(second.plan.hash).toBe(first.plan.hash)
  for (const event of eventsOfAll()) second.onEvent(event)
  services.end({ status: 'installed' })
  await screen.waitForText('Reboot now')
})

test('Ctrl-C while it installs asks, and Yes aborts the signal and waits for the end', async () => {
  await open()
  const request = await walkToInstall()
  for (const event of eventsUntil('build')) request.onEvent(event)
  await screen.waitForText('write-config: all went well')
  screen.press('Ctrl-C', 'Ctrl-C')
  await screen.waitForText('vdb is erased already. If you cancel, there is no usable system on it.')
  expect(request.signal.aborted).toBe(false)
  screen.type('y')
  await screen.waitForText('Cancelling: waiting until the disks are let go')
  expect(request.signal.aborted).toBe(true)
  services.end({ status: 'cancelled' })
  await screen.waitForText('You cancelled the install')
  expect(screen.text()).toContain('The disks are erased already')
})

test('the log of the install scrolls, and End follows it again', async () => {
  await open()
  const request = await walkToInstall()
  for (const event of eventsUntil('build')) request.onEvent(event)
  const say = (line: string) => request.onEvent({ type: 'log', at: '2026-11-22T10:00:00.000Z', task: 'build', line })
  for (let line = 1; line <= 100; line++) say(`line number ${line} of the build`)
  await screen.waitForText('line number 100 of')
  screen.press('PageUp', 'PageUp')
  await screen.waitForText('line number 80 of')
  say('a line that comes later')
  screen.press('End')
  await screen.waitForText('a line that comes later')
})

test('a dry run says so on every page, needs the typed names too, and tells where its files are', async () => {
  await open({ isDryRun: true, outDirectory: '/home/anna/out' })
  expect(screen.rows()[1]).toBe('  Dry run: nothing will be changed')
  const request = await walkToInstall()
  await screen.waitForText('Dry run: nothing will be changed')
  for (const event of eventsOfAll()) request.onEvent(event)
  services.end({ status: 'installed' })
  await screen.waitForText('/home/anna/out')
  screen.press('Enter')
  expect(await screen.exit).toEqual({ reason: 'dry-run-done' })
  expect(services.calls).toEqual([])
})

test('names that are typed wrong erase nothing', async () => {
  await open()
  await walkToConfirm()
  screen.type('vda\r')
  await screen.waitForText('Type exactly vdb to erase the disk.')
  expect(services.installs).toEqual([])
})
