import { afterEach, expect, test, vi } from 'vitest'
import { openingAnswers } from '../answers/opening-answers.ts'
import { readAnswers } from '../answers/read-answers.ts'
import { hardware } from '../testing/machine.ts'
import { openScreen, type Screen } from '../testing/screen.ts'
import { NOTHING_FOUND, type ScreenServices, screenServices } from '../testing/screen-services.ts'
import { AS_IT_IS, walkTo } from '../testing/screen-walk.ts'

vi.setConfig({ testTimeout: 60_000 })

let screen: Screen
let services: ScreenServices

afterEach(() => screen.close())

async function open(machine = 'two-virtio-uefi-tpm', more: Partial<Parameters<typeof openScreen>[0]> = {}) {
  services = screenServices(hardware(machine))
  screen = await openScreen({ services, ...more })
  await screen.waitFor(
    (text) => text.includes('This machine') && !text.includes('Looking at the hardware'),
    'the hardware',
  )
}

test('welcome tells what the machine has', async () => {
  await open()
  expect(screen.body()).toEqual([
    '',
    '  Keystone makes this machine a server of your cluster.',
    '  It asks a few questions, shows what it will do, and changes nothing until',
    '  you have typed the names of the disks to erase.',
    '',
    '  This machine',
    '    Processor     Westmere E56xx/L56xx/X56xx (Nehalem-C), 2 cores, virtual',
    '                  machine',
    '    Memory        1.9 GiB',
    '    Firmware      UEFI',
    '    Secure Boot   off',
    '    TPM           2.0, can unlock the disk',
    '    Disks         vda 4 GiB, vdb 8 GiB, vdc 8 GiB',
    '    Network       enp0s2',
    '',
    '  ✓ Everything that an install needs is here.',
    '',
    '    Load answers from [                                  ]  a file, then Enter',
  ])
})

test('welcome says in plain words what is missing, and offers no way on', async () => {
  await open('bios-no-tpm')
  await screen.waitForText('! An install on this machine is not possible yet:')
  expect(screen.text()).toContain('- The installed system starts by UEFI only, but this machine was started')
  expect(screen.text()).not.toContain('Continue')
  screen.press('Enter', 'F1')
  await screen.waitForText('── Help')
  expect(screen.rows()[0]).toContain('Step 1 of 10')
})

test('the first frame does not wait for the hardware, and fills in part by part', async () => {
  const known = hardware('two-virtio-uefi-tpm')
  let tell: (part: Partial<typeof known>) => void = () => {}
  services = screenServices(known, {
    detect: (onPart) => {
      tell = onPart
      return new Promise(() => {})
    },
  })
  screen = await openScreen({ services })
  await screen.waitForText('Looking at the hardware')
  expect(screen.text().match(/detecting …/gu)?.length).toBe(7)
  tell({ firmware: 'uefi' })
  await screen.waitForText('UEFI')
  expect(screen.text().match(/detecting …/gu)?.length).toBe(6)
})

test('a detection that fails altogether says so', async () => {
  services = screenServices(hardware('odd'), { detect: () => Promise.reject(new Error('lsblk is not installed')) })
  screen = await openScreen({ services })
  await screen.waitForText('! The hardware could not be read: lsblk is not installed')
})

test('the review shows every answer but no secret, and leads to each page and back', async () => {
  await open()
  await walkTo('review', screen, services)
  expect(screen.body().slice(0, 9)).toEqual([
    '',
    "  Nothing has been changed yet. Enter on a page's name opens that page.",
    '',
    '    System',
    '      Language       English (United States), en_US.UTF-8',
    '      Keyboard       English (US), us',
    '      Time zone      UTC',
    '',
    '    Disk',
  ])
  screen.press('PageDown')
  await screen.waitForText('Recovery key   yes, shown before anything is erased')
  expect(screen.text()).toContain('      Unlock         by the TPM, without a question; the passphrase works too')
  screen.press('PageDown', 'PageDown')
  await screen.waitForText('Plan')
  expect(screen.body().slice(-3)).toEqual([
    expect.stringMatching(/^ {2}Plan [0-9a-f]{12}$/u),
    '',
    '    Save the answers to [                                ]  a file, then Enter',
  ])
  screen.press('Up', 'Up', 'Up', 'Enter')
  await screen.waitForText('Step 6 of 10')
  screen.press('Ctrl-U')
  screen.type('tower')
  screen.press('Shift-Tab')
  await screen.waitForText('❯ [ Back to the review ]')
  screen.press('Enter')
  await screen.waitForText('Step 8 of 10')
  screen.resize(80, 100)
  await screen.waitForText('Host name      tower')
})

test('the answers are saved to a file from the review, and what is in the way is said', async () => {
  const asked: unknown[] = []
  services = screenServices(hardware('two-virtio-uefi-tpm'), {
    async saveAnswers(answers, path, { mayReplace }) {
      asked.push([answers.identity.hostName, path, mayReplace])
      if (path === '/nowhere/a.yaml') throw new Error('/nowhere/a.yaml cannot be written')
      return mayReplace ? 'saved' : 'exists'
    },
  })
  screen = await openScreen({ services })
  await walkTo('review', screen, services)
  screen.press('Up')
  screen.type('/nowhere/a.yaml\r')
  await screen.waitForText('! Not saved: /nowhere/a.yaml cannot be written.')
  screen.press('Ctrl-U')
  screen.type('/root/a.yaml\r')
  await screen.waitForText('! Not saved: there is such a file already. Enter once more replaces it.')
  screen.press('Enter')
  await screen.waitForText('✓ Saved to /root/a.yaml, without passphrases and passwords.')
  expect(asked).toEqual([
    ['primer', '/nowhere/a.yaml', false],
    ['primer', '/root/a.yaml', false],
    ['primer', '/root/a.yaml', true],
  ])
  // The box is empty now, and the way on is free.
  screen.press('Down', 'Enter')
  await screen.waitForText('Step 9 of 10')
})

test('answers are loaded from a file on the first page, and what they leave open is asked', async () => {
  const text = `version: 2
disk:
  layout: single-zfs
  swap: 512MiB
  devices: [{ match: { serial: keystone-b }, wipe: true }]
encryption:
  unlock: passphrase
  passphrase: four random words here
identity:
  hostName: tower
  userName: anna
system:
  keyboard: fr
`
  const asked: string[] = []
  const keymaps: string[] = []
  services = screenServices(hardware('two-virtio-uefi-tpm'), {
    async loadAnswers(path) {
      asked.push(path)
      if (path === '/nowhere') return null
      return openingAnswers(await readAnswers(text, 'a.yaml', { readSecretFile: async () => null }), 'a.yaml')
    },
  })
  Object.assign(services.pages, {
    async applyKeyboard(keymap: string) {
      keymaps.push(keymap)
      return NOTHING_FOUND
    },
  })
  screen = await openScreen({ services })
  await screen.waitForText('Load answers from')
  screen.press('Up')
  screen.type('/nowhere\r')
  await screen.waitForText('! /nowhere cannot be read.')
  screen.press('Ctrl-U')
  screen.type('/root/a.yaml\r')
  // The password is what the file does not say.
  await screen.waitForText('Step 6 of 10')
  expect(screen.text()).toContain('tower')
  screen.type('\r\rthree random words\rthree random words\r\r\r')
  await screen.waitForText('Step 7 of 10')
  expect(asked).toEqual(['/nowhere', '/root/a.yaml'])
  expect(keymaps).toEqual(['fr'])
})

test('a path that waits for its Enter is not passed over', async () => {
  await open()
  await walkTo('review', screen, services)
  screen.press('Up')
  screen.type('/root/a.yaml')
  screen.press('Down', 'Enter')
  await screen.waitForText('✓ Saved to /root/a.yaml, without passphrases and passwords.')
  expect(services.calls).toEqual(['save /root/a.yaml'])
})

test('the confirmation names model, serial number and size of each disk, and what is lost', async () => {
  services = screenServices({ ...hardware('bios-no-tpm'), firmware: 'uefi' })
  screen = await openScreen({ services })
  await screen.waitForText('[ Continue ]')
  for (const keys of ['\r', AS_IT_IS, AS_IT_IS]) screen.type(keys)
  await screen.waitForText('Step 4 of 10')
  // No recovery key, and so no page for it.
  screen.type('\rfour random words\rfour random words\r\r \r')
  await screen.waitForText('Step 5 of 9')
  screen.type(AS_IT_IS)
  await screen.waitForText('Step 6 of 9')
  screen.type('\r\rthree random words\rthree random words\r\r\r')
  await screen.waitForText('Step 7 of 9')
  screen.type(`${AS_IT_IS}\r`)
  await screen.waitForText('Step 9 of 9')
  expect(screen.body()).toEqual([
    '',
    '  Everything on this disk will be lost, for good:',
    '',
    '  sdc  WDC WD10EZEX-08WN4A0',
    '    Size    931.5 GiB',
    '    Serial  WD-WCC6Y4KLMNOP',
    '    Lost    LVM',
    '',
    '  Type the disk name to erase it: sdc',
    '  ❯ Disk name [                                                  ]',
    '',
    '  What happens to the disks',
    '  sdc  WDC WD10EZEX-08WN4A0, 931.5 GiB',
    `    Before  A${'█'.repeat(65)}`,
    '            A LVM 931.5 GiB',
    `    After   ABC${'█'.repeat(63)}`,
    '            A esp 1 GiB, B swap 4 GiB, C zfs 926.5 GiB',
    '',
    '  One after the other',
    '    Erase  all of sdc: LVM',
  ])
})

test('welcome counts the disks where there are many, and knows that a wireless interface has no cable', async () => {
  await open('jbod-90-disks')
  expect(screen.text()).toMatch(/Disks {9}92: 90 of 16\.4 TiB, 2 of [\d.]+ GiB/u)
  expect(screen.text()).toContain('✓ Everything that an install needs is here.')
  await screen.close()
  await open('dual-boot-windows-ubuntu')
  expect(screen.text()).toContain('    Network       enp4s0, wlp5s0 (wireless)\n')
})

test('the help names the keys of the page it is about', async () => {
  await open()
  await walkTo('install', screen, services)
  screen.press('F1')
  await screen.waitForText('── Help')
  expect(screen.text()).toContain('    Ctrl-C              cancel the install; it asks first')
  expect(screen.text()).not.toContain('back to the page before')
  screen.press('Esc')
  services.end({ status: 'cancelled' })
})

test('a character that is not UTF-8 is left out, and that is said', async () => {
  await open()
  await walkTo('encryption', screen, services)
  screen.press('Tab', 'Tab', 'Tab', 'Space', 'Shift-Tab', 'Shift-Tab')
  await screen.waitForText('[x] Show what is typed')
  screen.send('ab')
  await screen.waitForText('[ab ')
  screen.sendBytes([0xe4])
  await screen.waitForText('The terminal sent a character that is not UTF-8; it was left out.')
  screen.type('c')
  await screen.waitForText('[abc ')
})

test('a serial line without a size is asked for it', async () => {
  services = screenServices(hardware('two-virtio-uefi-tpm'))
  screen = await openScreen({ services, columns: 132, rows: 50, hasUnknownSize: true })
  await screen.waitFor(() => screen.rows()[49]?.includes('Ctrl-C quit') ?? false, 'a page of 50 rows')
})
