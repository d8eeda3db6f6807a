import { afterEach, expect, test, vi } from 'vitest'
import { hardware } from '../../testing/machine.ts'
import { openScreen, type Screen } from '../../testing/screen.ts'
import { type ScreenServices, screenServices } from '../../testing/screen-services.ts'
import { walkTo } from '../../testing/screen-walk.ts'

vi.setConfig({ testTimeout: 60_000 })

let screen: Screen
let services: ScreenServices

afterEach(() => screen.close())

async function open(machine = 'two-virtio-uefi-tpm') {
  services = screenServices(hardware(machine))
  screen = await openScreen({ services })
  await walkTo('cluster', screen, services)
}

test('a name and the role', async () => {
  await open()
  expect(screen.body()).toEqual([
    '',
    '  This machine becomes the first node of a Kubernetes cluster.',
    '',
    '  ❯ Cluster name [home                                 ]  short, in lower case',
    '',
    '  Role of this machine',
    '    (*) Primer',
    '        Starts the cluster and holds its state. Other machines join it later.',
  ])
})

test('a name in upper case is refused, with what to take instead', async () => {
  await open()
  screen.press('Ctrl-U')
  screen.type('Home\r\r')
  await screen.waitForText('! A cluster name is in lower case, got "Home". Use home.')
  screen.press('Backspace', 'Backspace', 'Backspace', 'Backspace')
  screen.type('attic\r\r')
  await screen.waitForText('Step 7 of 8')
  expect(screen.text()).not.toContain('Home')
})
