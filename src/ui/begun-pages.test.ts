import { afterEach, expect, test, vi } from 'vitest'
import { openingAnswers } from '../answers/opening-answers.ts'
import { readAnswers } from '../answers/read-answers.ts'
import { hashShownKey } from '../credentials/shown-key.ts'
import type { Hardware } from '../model/hardware.ts'
import { begunInstall, changedInstall, earlierInstall } from '../testing/begun.ts'
import { hardware } from '../testing/machine.ts'
import { openScreen, type Screen } from '../testing/screen.ts'
import {
  eventsOfAll,
  KEY_GROUPS,
  NOTHING_FOUND,
  RECOVERY_KEY,
  type ScreenServices,
  screenServices,
} from '../testing/screen-services.ts'
import type { EarlierInstall } from '../wizard/state.ts'

vi.setConfig({ testTimeout: 60_000 })

const machine: Hardware = hardware('two-virtio-uefi-tpm')
let screen: Screen
let services: ScreenServices

afterEach(async () => {
  services.end({ status: 'cancelled' })
  await screen.close()
})

async function open(earlier: EarlierInstall = earlierInstall, more: Partial<Parameters<typeof openScreen>[0]> = {}) {
  services = screenServices(machine, { findBegun: async () => earlier })
  screen = await openScreen({ services, ...more })
  await screen.waitForText('An install was begun on this machine')
}

test('continue asks only for the secrets, and goes on with the saved plan', async () => {
  await open()
  for (const text of [
    'Begun         30 May 2026, 10:00 UTC',
    'Machine name  primer',
    'Disks         vdb, 8 GiB, serial keystone-a',
    'Tasks done    5 of 13, the last: Keep the configuration in git',
    'Stopped at    Build the system',
  ]) {
    expect(screen.text()).toContain(text)
  }
  screen.press('Enter')
  await screen.waitForText('To go on with primer')
  screen.type('four random words here\rthree random words\rthree random words\r\r')
  await screen.waitForText('[**********************')
  screen.press('Enter')
  await screen.waitForText('Recovery key')
  screen.type(RECOVERY_KEY.reveal())
  await screen.waitForText('1 dddddddd   2 bbbbbbbb   3 cbdefghi   4 jklnrtuv')
  screen.press('Enter')
  const request = await services.started(0)
  expect(request.begun).toBe(begunInstall)
  expect(request.answers).toBeNull()
  expect(request.secrets.passphrase?.reveal()).toBe('four random words here')
  expect(request.secrets.password?.reveal()).toBe('three random words')
  expect(request.secrets.recoveryKey?.reveal()).toBe(RECOVERY_KEY.reveal())
  expect(screen.written()).not.toContain('four random words here')
  for (const event of eventsOfAll()) request.onEvent(event)
  services.end({ status: 'installed' })
  await screen.waitForText('Reboot now')
  expect(screen.text()).toContain('the user is admin, the machine is called primer')
})

test('an install whose disks were not formatted to the end goes on only when that is chosen: it erases them again', async () => {
  const { begun } = earlierInstall
  const tasks = begun.tasks.map(
    ({ id }, at) => ({ id, stand: at === 0 ? 'finished' : at === 1 ? 'begun' : 'not begun' }) as const,
  )
  await open({ ...earlierInstall, begun: { ...begun, tasks, place: 'memory' } })
  expect(screen.text()).toContain('To go on erases its disks again: they were not formatted to the end.')
  screen.press('Enter')
  await screen.waitForText('Known from')
  expect(screen.text()).toContain('To go on erases its disks again')
  expect(services.installs).toEqual([])
})

test('what is missing is said below its box, and nothing is started', async () => {
  await open()
  screen.press('Enter')
  await screen.waitForText('To go on with primer')
  screen.send('\u001B[Z\r')
  await screen.waitForText('The passphrase of the disks is needed')
  expect(screen.text()).toContain('The recovery key is needed')
  expect(services.installs).toEqual([])
})

test('a recovery key with one other letter than was shown is refused, below its box', async () => {
  const { begun } = earlierInstall
  const saved = { ...begun.saved, recoveryKeyHash: await hashShownKey(RECOVERY_KEY) }
  await open({ ...earlierInstall, secrets: ['passphrase', 'recoveryKey'], begun: { ...begun, saved } })
  screen.press('Enter')
  await screen.waitForText('To go on with primer')
  screen.type('four random words here\r\r')
  await screen.waitForText('[**********************')
  screen.press('Enter')
  screen.type(RECOVERY_KEY.reveal().replace('iiiiiiii', 'iiiiiiij'))
  await screen.waitForText('8 iiiiiiij')
  screen.press('Enter')
  await screen.waitForText('This is not the recovery key that was shown when the install was begun')
  expect(services.installs).toEqual([])
})

test('a lost recovery key is replaced by one that is shown and typed back', async () => {
  await open({ ...earlierInstall, secrets: ['passphrase', 'recoveryKey'] })
  screen.press('Enter')
  await screen.waitForText('To go on with primer')
  screen.type('four random words here\r')
  screen.press('Down', 'Down', 'Enter')
  await screen.waitForText('Write it on paper')
  expect(screen.text()).toContain('dddddddd-bbbbbbbb')
  screen.type(`${KEY_GROUPS[0]}\r${KEY_GROUPS[1]}\r`)
  const request = await services.started(0)
  expect(request.secrets.recoveryKey?.reveal()).toBe(RECOVERY_KEY.reveal())
})

test('where it cannot go on, continue is there with the reason, and cannot be taken', async () => {
  await open(changedInstall)
  expect(screen.text()).toContain('Cannot be chosen: the disk virtio-keystone-a is not in this machine')
  expect(screen.text()).toContain('It was begun by Keystone 0.4.9, and this is 0.5.0')
  // The focus is on what changes nothing.
  screen.press('Enter')
  await screen.waitForText('── The earlier install')
  expect(screen.text()).toContain('- The disk virtio-keystone-a is not in this machine.')
  expect(services.installs).toEqual([])
})

test('look shows each task, and closes again', async () => {
  await open()
  screen.press('Down', 'Down', 'Enter')
  await screen.waitForText('── The earlier install')
  expect(screen.text()).toContain('✓ Partition and format the disks    done')
  expect(screen.text()).toContain('! Build the system                  begun, not finished')
  screen.press('End')
  await screen.waitForText('· Finish                            not begun')
  screen.press('Esc')
  await screen.waitForText('Start over')
  expect(services.calls).toEqual([])
})

test('start over leads to the ordinary pages with the earlier answers, and to the typed names', async () => {
  const text = `version: 2
disk:
  layout: single-ext4
  devices: [/dev/disk/by-id/virtio-keystone-b]
  swap: 512MiB
encryption:
  unlock: passphrase
  passphraseFile: passphrase.txt
identity:
  hostName: tower
  userName: anna
  passwordFile: password.txt
`
  const read = await readAnswers(text, 'it', { readSecretFile: async () => null, skipsStrength: true })
  const problems = read.problems.filter(({ code }) => code !== 'secret-file-unreadable')
  await open({ ...earlierInstall, opening: openingAnswers({ ...read, problems }, 'the earlier install') })
  screen.press('Down', 'Enter')
  // All but the secrets is answered: the first page with one opens.
  await screen.waitForText('How are the disks encrypted')
  expect(services.calls).toEqual(['release'])
  screen.type('\rfour random words here\rfour random words here\r\r\r')
  await screen.waitForText('Step 5 of 10')
  screen.send('\u001B[Z\r')
  await screen.waitForText('Step 6 of 10')
  expect(screen.text()).toContain('tower')
})

test('Ctrl-C says that the earlier install stays as it is', async () => {
  await open()
  screen.press('Ctrl-C')
  await screen.waitForText('The earlier install stays as it')
  screen.type('n')
  await screen.waitForText('Start over')
})

test('a screen reader is told what was found, from top to bottom', async () => {
  services = screenServices(machine, { findBegun: async () => earlierInstall })
  screen = await openScreen({ services, rows: 60, capabilities: { unicode: false, colour: false, linear: true } })
  await screen.waitForText('An install was begun on this machine')
  const text = screen.text()
  expect(text.indexOf('Machine name  primer')).toBeLessThan(text.indexOf('(*) Continue'))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no escape sequence
  expect(screen.written()).not.toMatch(/\u001B/)
})

test('two passwords that differ are told below the second box, and nothing is started', async () => {
  await open({ ...earlierInstall, secrets: ['password'] })
  screen.press('Enter')
  await screen.waitForText('To go on with primer')
  screen.type('three random words\rthree random word\r\r\r')
  await screen.waitForText('The two passwords differ')
  const rows = screen.rows()
  const at = (text: string) => rows.findIndex((row) => row.includes(text))
  expect(at('Once more')).toBeLessThan(at('The two passwords differ'))
  expect(services.installs).toEqual([])
})

test('the keyboard of the earlier install is set before its passphrase is typed', async () => {
  const asked: string[] = []
  const pages = {
    ...screenServices(machine).pages,
    applyKeyboard: async (keyboard: string) => {
      asked.push(keyboard)
      return { ...NOTHING_FOUND, good: [`the keys are those of ${keyboard}.`] }
    },
  }
  const { begun } = earlierInstall
  const plan = { ...begun.saved.plan, system: { ...begun.saved.plan.system, keyboard: 'de-latin1' } }
  const earlier = { ...earlierInstall, begun: { ...begun, saved: { ...begun.saved, plan } } }
  services = screenServices(machine, { findBegun: async () => earlier, pages })
  screen = await openScreen({ services })
  await screen.waitForText('An install was begun on this machine')
  expect(asked).toEqual([])
  screen.press('Enter')
  await screen.waitForText('For what you type: the keys are those of de-latin1.')
  expect(asked).toEqual(['de-latin1'])
})

test('with an answer file it says which answers each way takes', async () => {
  const read = await readAnswers('version: 2\n', 'mine.yaml', { readSecretFile: async () => null, skipsStrength: true })
  await open(earlierInstall, { opening: openingAnswers({ ...read, problems: [] }, 'mine.yaml') })
  const text = screen.text().replace(/\s+/gu, ' ')
  expect(text).toContain('with its own answers: those of mine.yaml are not used.')
  expect(text).toContain('The answers of mine.yaml are filled in.')
})
