import { afterEach, expect, test, vi } from 'vitest'
import { hardware } from '../testing/machine.ts'
import { openScreen, type Screen } from '../testing/screen.ts'
import { KEY_GROUPS, RECOVERY_KEY, type ScreenServices, screenServices } from '../testing/screen-services.ts'
import { walkTo } from '../testing/screen-walk.ts'

vi.setConfig({ testTimeout: 60_000 })

let screen: Screen
let services: ScreenServices

afterEach(() => screen.close())

async function open(more: Partial<Parameters<typeof openScreen>[0]> = {}) {
  services = screenServices(hardware('two-virtio-uefi-tpm'))
  screen = await openScreen({ services, ...more })
  await walkTo('recovery', screen, services)
}

/** The columns left of the picture. */
const words = () => screen.body().map((line) => line.slice(0, 41).trimEnd())

test('the key, what it is for, and the two groups to type back, with its QR code beside', async () => {
  await open()
  await screen.waitFor((text) => text.includes('▀'), 'the QR code')
  // Read back with a decoder when it was written: the code holds the key in capitals.
  expect(screen.rows().slice(1, -3)).toEqual([
    '',
    '  Opens the disks when the passphrase',
    '  is forgotten and the TPM refuses.',
    '  Write it on paper or scan it. It is        █▀▀▀▀▀█  ▄▀  ▀▄▀▀  ▄▄ █▀▀▀▀▀█',
    '  stored nowhere, and gone after the         █ ███ █ ▀▄ ▀ ▄█▄▀ ▄██ █ ███ █',
    '  install.                                   █ ▀▀▀ █  ▀▄▄▀█  ▄▀ ▄▀ █ ▀▀▀ █',
    '                                             ▀▀▀▀▀▀▀ █ ▀ ▀▄▀▄█▄█ █ ▀▀▀▀▀▀▀',
    '    1 dddddddd-bbbbbbbb- 2                   █▀▀▄▀▀▀██▄ ▄ █▄▄▀▀█ ██▀▄▄ ▀',
    '    3 cbdefghi-jklnrtuv- 4                   ▄▀ ▄▀█▀█▀▄█ ▄██ █▄█ ██▀█▀██▄',
    '    5 tuvcbdef-gggggggg- 6                   ▀▄█ ▄▀▀▄█ ███ ▀▀▀  █▀█▀▄ █▀█▄',
    '    7 hhhhhhhh-iiiiiiii  8                   ▀ ▄  ▄▀ ▄ ▀█▀█ ▄▀ ▄▄ █▄▀█▄▄▄',
    '                                             ▀█▀▄▀▀▀▄  ▄▀▄█  ▄▀ ▀█  ▀▄▀ ██',
    '  To show that you have it, type two of      ▀▄█▀▄▄▀█▄ ▄ █ █▄▄▀█▀▄▀▀▄█▀ ▀▀',
    '  its groups, from your paper:               ▀ ▀  ▀▀▀██▄▄█  ▄ ▀▄██▀▀▀█▄▀██',
    '  ❯ Group 3 [                         ]      █▀▀▀▀▀█ █▀▀▀ ▄ ▄▄ █▄█ ▀ █▄▀ ▄',
    '    Group 5 [                         ]      █ ███ █ ▀ ▀  ▀█▀ ▀▄ █▀███▀▄▄█',
    '                                             █ ▀▀▀ █ █▄▄▀ ▀██▀▄   ▀▀▀▄▀ ▄█',
    '                                             ▀▀▀▀▀▀▀ ▀ ▀ ▀▀▀      ▀▀▀▀ ▀ ▀',
    '',
    '',
  ])
  // Black on white, whatever the terminal's own colours are.
  expect(screen.written()).toContain('\u001B[47m\u001B[30m')
})

test('both groups must be right to go on', async () => {
  await open()
  screen.type(`${KEY_GROUPS[0]}\rwrong\r`)
  await screen.waitForText('This is not group 5 of the key')
  expect(words().join('\n')).not.toContain('This is not group 3')
  screen.press('Ctrl-U')
  screen.type(`${KEY_GROUPS[1].toUpperCase()}\r`)
  await screen.waitForText('Step 10 of 10')
  screen.press('Esc')
  await screen.waitForText('Step 9 of 10')
  screen.press('Esc')
  await screen.waitForText('Step 8 of 10')
})

test('in ASCII there is no QR code where it does not fit, and that is said', async () => {
  await open({ capabilities: { unicode: false, colour: true } })
  await screen.waitForText('No QR code: on this terminal it needs 116 columns and 42 rows.')
  expect(screen.text()).toContain('3 cbdefghi-jklnrtuv- 4')
})

test('in ASCII on a large screen the QR code is drawn with blanks alone', async () => {
  await open({ capabilities: { unicode: false, colour: true }, columns: 132, rows: 50 })
  await screen.waitFor((text) => !text.includes('No QR code'), 'no excuse')
  expect(screen.text()).toContain('3 cbdefghi-jklnrtuv- 4')
  // Seven dark modules in a row: the edge of a finder pattern.
  expect(screen.written()).toContain(`\u001B[40m${' '.repeat(14)}`)
  expect(screen.text()).not.toMatch(/[▀▄█?]/u)
})

test('without colours nobody can say which side is dark: no QR code, and that is said', async () => {
  await open({ capabilities: { unicode: true, colour: false } })
  await screen.waitForText('No QR code: it needs a terminal with colours.')
})

test('a dry run shows an example and says so', async () => {
  await open({ isDryRun: true })
  await screen.waitForText('Dry run: this key is an example and')
})

test('the whole key is on no other page', async () => {
  await open()
  const pages = screen.written().length
  screen.type(`${KEY_GROUPS[0]}\r${KEY_GROUPS[1]}\r`)
  await screen.waitForText('Step 10 of 10')
  await screen.waitForText('Type the disk name')
  for (const group of RECOVERY_KEY.reveal().split('-')) expect(screen.text()).not.toContain(group)
  expect(screen.written().slice(pages)).not.toContain(RECOVERY_KEY.reveal())
})
