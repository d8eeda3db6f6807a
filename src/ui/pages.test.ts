import { afterEach, expect, test, vi } from 'vitest'
import { hardware } from '../testing/machine.ts'
import { openScreen, type Screen } from '../testing/screen.ts'
import { type ScreenServices, screenServices } from '../testing/screen-services.ts'
import { walkTo } from '../testing/screen-walk.ts'

vi.setConfig({ testTimeout: 60_000 })

let screen: Screen
let services: ScreenServices

afterEach(() => screen.close())

async function open(machine = 'two-virtio-uefi-tpm', more: Partial<Parameters<typeof openScreen>[0]> = {}) {
  services = screenServices(hardware(machine))
  screen = await openScreen({ services, ...more })
  await screen.waitFor((text) => !text.includes('Looking at the hardware'), 'the hardware')
}

test('welcome tells what the machine has', async () => {
  await open()
  expect(screen.body()).toEqual([])
})

test('welcome says in plain words what is missing, and offers no way on', async () => {
  await open('bios-no-tpm')
  expect(screen.body().slice(14)).toEqual([])
  expect(screen.text()).not.toContain('Continue')
  screen.press('Enter', 'F1')
  await screen.waitForText('── Help')
  expect(screen.rows()[0]).toContain('Step 1 of 8')
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
  expect(screen.body()).toEqual([
    '',
    "  Nothing has been changed yet. Enter on a page's name opens that page.",
    '',
    '    Disk',
    '      Layout         One disk, encrypted ZFS',
    '      Erase          vdb, 8 GiB, serial keystone-a',
    '      Swap           512 MiB on each disk, encrypted',
    '      Space          about 6.4 GiB for system and data',
    '',
    '    Encryption',
    '      Passphrase     set',
    '      TPM unlock     yes, the passphrase works too',
    '      Recovery key   yes, shown once at the end',
    '',
    '    Network',
    '      Interface      enp0s2',
    '      Address        by DHCP',
    '',
    '    Identity',
    '      Host name      primer',
  ])
  screen.press('PageDown')
  await screen.waitForText('Plan')
  expect(screen.body().slice(-12, -1)).toEqual([
    '',
    '    Identity',
    '      Host name      primer',
    '      Admin user     admin',
    '      Password       set',
    '      SSH keys       none: login by ssh will not be possible',
    '',
    '    Cluster',
    '      Cluster        home',
    '      Role           Primer, the first node',
    '',
  ])
  screen.press('Up', 'Up', 'Enter')
  await screen.waitForText('Step 5 of 8')
  screen.press('Ctrl-U')
  screen.type('tower')
  screen.press('Shift-Tab')
  await screen.waitForText('❯ [ Back to the review ]')
  screen.press('Enter')
  await screen.waitForText('Step 7 of 8')
  screen.press('PageDown')
  await screen.waitForText('Host name      tower')
})

test('the confirmation names model, serial number and size of each disk, and what is lost', async () => {
  services = screenServices({ ...hardware('bios-no-tpm'), firmware: 'uefi' })
  screen = await openScreen({ services })
  screen.send('\r\r\r\r')
  await screen.waitForText('Step 3 of 8')
  screen.type('four random words\rfour random words\r\r\r')
  await screen.waitForText('Step 4 of 8')
  screen.type('\r\r')
  await screen.waitForText('Step 5 of 8')
  screen.type('\r\rthree random words\rthree random words\r\r\r')
  await screen.waitForText('Step 6 of 8')
  screen.type('\r\r\r')
  await screen.waitForText('Step 8 of 8')
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
  ])
})

test('a character that is not UTF-8 is left out, and that is said', async () => {
  await open()
  await walkTo('encryption', screen, services)
  screen.press('Tab', 'Tab', 'Space', 'Shift-Tab', 'Shift-Tab')
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
