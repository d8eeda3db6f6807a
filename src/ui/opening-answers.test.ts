import { afterEach, expect, test, vi } from 'vitest'
import { type OpeningAnswers, openingAnswers, unreadableAnswers } from '../answers/opening-answers.ts'
import { readAnswers } from '../answers/read-answers.ts'
import { hardware } from '../testing/machine.ts'
import { openScreen, type Screen } from '../testing/screen.ts'
import { KEY_GROUPS, screenServices } from '../testing/screen-services.ts'

// Longer than a wait for text, which tells what the screen was.
vi.setConfig({ testTimeout: 60_000 })

const GOOD = `version: 1
disk:
  layout: single-zfs
  devices: [/dev/disk/by-id/virtio-keystone-a]
  swap: 512MiB
encryption:
  passphrase: four random words here
  tpmUnlock: true
identity:
  hostName: tower
  userName: anna
  password: three random words
confirm:
  erase: [/dev/disk/by-id/virtio-keystone-a]
`

const withKeyboard = (keyboard: string) => `version: 2
system:
  keyboard: ${keyboard}
disk:
  layout: single-zfs
  devices: [{ match: { serial: keystone-a }, wipe: true }]
  swap: 512MiB
encryption:
  unlock: tpm
  passphrase: four random words here
identity:
  hostName: tower
  userName: anna
  password: three random words
`

let screen: Screen
afterEach(() => screen.close())

async function open(opening: OpeningAnswers, keymaps: string[] = []) {
  const services = screenServices(hardware('two-virtio-uefi-tpm'))
  Object.assign(services.pages, {
    async applyKeyboard(keymap: string) {
      keymaps.push(keymap)
      return { problems: [], good: [`the keyboard is ${keymap} now`], unknown: [], found: [] }
    },
  })
  screen = await openScreen({ services, opening })
  return services
}
const read = async (text: string) =>
  openingAnswers(await readAnswers(text, 'answers.yaml', { readSecretFile: async () => null }), 'answers.yaml')

test('a whole file opens the review, and still the names must be typed', async () => {
  const services = await open(await read(GOOD))
  await screen.waitForText('Step 8 of 10')
  expect(screen.text()).toContain('Filled in from answers.yaml.')
  expect(screen.text()).toContain('512 MiB, a new random key at each boot')
  screen.press('Enter')
  await screen.waitForText('Step 9 of 10')
  screen.type(`${KEY_GROUPS[0]}\r${KEY_GROUPS[1]}\r`)
  await screen.waitForText('Type the disk name to erase it: vdb')
  screen.press('Enter', 'Enter')
  await screen.waitForText('Type exactly vdb to erase the disk.')
  expect(services.installs).toEqual([])
  screen.type('vdb\r')
  const { answers } = await services.started(0)
  expect(answers?.encryption.passphrase?.reveal()).toBe('four random words here')
  expect(screen.written()).not.toContain('four random words here')
  services.end({ status: 'cancelled' })
})

test('what is wrong in the file is shown first: where, what, what to do', async () => {
  await open(await read(GOOD.replace('hostName: tower', 'hostNam: tower').replace('anna', 'Anna')))
  await screen.waitForText('[ Continue ]')
  const body = screen.body().join('\n')
  expect(body).toContain('! answers.yaml has 2 problems. What is sound in it is filled in.')
  expect(body).toMatch(/- line 10, column 3: +identity\.hostNam +there is no such key \(did you mean\s+hostName\?\)/)
  expect(body).toMatch(/- line 11, column 13: +identity\.userName +a user name has only/)
  screen.press('Enter')
  await screen.waitForText('Step 6 of 10')
  expect(screen.text()).toContain('Anna')
})

test('a file that cannot be read is told, and the wizard goes on without it', async () => {
  await open(unreadableAnswers('answers.yaml'))
  await screen.waitForText('[ Continue ]')
  expect(screen.text()).toContain('- this answer file cannot be read (check the path and its permissions)')
  screen.press('Enter')
  await screen.waitForText('Step 2 of 10')
})

test('the keyboard layout of the file is in use at once, and once', async () => {
  const keymaps: string[] = []
  await open(await read(withKeyboard('de-latin1').replace(/^ +passphrase: .*\n/m, '')), keymaps)
  await screen.waitForText('Step 4 of 10')
  await screen.waitForText('For what you type: the keyboard is de-latin1 now')
  screen.press('Esc', 'Esc')
  await screen.waitForText('Step 2 of 10')
  expect(screen.text()).toContain('✓ The keyboard is de-latin1 now.')
  expect(keymaps).toEqual(['de-latin1'])
})

test('a layout that is none is not tried', async () => {
  const keymaps: string[] = []
  await open(await read(withKeyboard('../../etc/shadow')), keymaps)
  await screen.waitForText('! answers.yaml has a problem.')
  screen.press('Enter')
  await screen.waitForText('Step 2 of 10')
  expect(keymaps).toEqual([])
})
