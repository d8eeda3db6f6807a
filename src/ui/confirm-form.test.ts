import { afterEach, expect, test, vi } from 'vitest'
import { openingAnswers } from '../answers/opening-answers.ts'
import { readAnswers } from '../answers/read-answers.ts'
import { hardware } from '../testing/machine.ts'
import { openScreen, type Screen } from '../testing/screen.ts'
import { screenServices } from '../testing/screen-services.ts'

vi.setConfig({ testTimeout: 60_000 })

const TWELVE_DISKS = `version: 2
disk:
  layout: raidz2-zfs
  swap: 4GiB
  devices: [{ match: { model: "ST16000*" }, count: 12, wipe: true }]
encryption:
  unlock: passphrase
  passphrase: four random words here
  recoveryKey: false
identity:
  hostName: shelf
  userName: anna
  password: three random words
`

let screen: Screen
afterEach(() => screen.close())

async function openConfirm() {
  const services = screenServices(hardware('storage-server-12-hdd-2-ssd'))
  const read = await readAnswers(TWELVE_DISKS, 'a.yaml', { readSecretFile: async () => null })
  screen = await openScreen({ services, opening: openingAnswers(read, 'a.yaml') })
  await screen.waitForText('· Review')
  screen.press('Enter')
  await screen.waitForText('· Confirm')
  return services
}

test('of more disks than the page holds, the box for their names is in sight from the start', async () => {
  await openConfirm()
  expect(screen.body().slice(-4)).toEqual([
    '',
    '  Type the disk names to erase them: sda sdb sdc sdd sde sdf sdg sdh sdi sdj',
    '  sdk sdl',
    '  ❯ Disk names [                                                  ]',
  ])
  expect(screen.text()).toContain('[ Erase these 12 disks, and install ]')
  screen.press('PageUp', 'PageUp', 'PageUp', 'PageUp')
  await screen.waitForText('Everything on these disks will be lost, for good:')
})

test('whoever looks at the bars below and then types is led back to the box, and no letter is lost', async () => {
  const services = await openConfirm()
  screen.press('PageDown', 'PageDown')
  await screen.waitFor((text) => text.includes('Before') && !text.includes('Disk names ['), 'the bars alone')
  expect(screen.text()).toContain('A esp 1 GiB, B swap 4 GiB, C zfs 14.5 TiB')
  screen.type('sda sdb')
  await screen.waitForText('Disk names [sda sdb ')
  screen.type(' sdc sdd sde sdf sdg sdh sdi sdj sdk sdl\r')
  const { confirmation } = await services.started(0)
  expect(confirmation.disks).toHaveLength(12)
  services.end({ status: 'cancelled' })
})
