import { expect, test } from 'vitest'
import { stepScreen } from '../../testing/step-screen.ts'

const open = stepScreen('network')

test('interfaces with cable, MAC and driver; DHCP', async () => {
  const { screen } = await open()
  expect(screen.body()).toEqual([
    '',
    '  Which interface?',
    '  ❯ (*) enp0s2  cable connected',
    '        MAC 52:54:00:12:34:56; driver virtio_net; now 10.0.2.15/24',
    '    ( ) Any wired interface',
    '        The cable may go into any port.',
    '',
    '  How does it get its address?',
    '    (*) By DHCP, from the router',
    '    ( ) Static, as written here',
  ])
})

test('wireless interfaces cannot be chosen', async () => {
  const { screen } = await open('laptop-windows-secure-boot')
  expect(screen.text()).toContain('Cannot be chosen: only wired interfaces are supported')
})

test('static: fields appear, and each problem stands below its field', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Down', 'Enter')
  await screen.waitForText('Name servers')
  screen.type('10.0.0.2/24\r10.0.1.1\r9.9.9.9, router\r')
  await screen.waitForText('2 things must be put right first; see the lines with !')
  expect(screen.body()).toEqual([
    '',
    '  Which interface?',
    '    (*) enp0s2  cable connected',
    '        MAC 52:54:00:12:34:56; driver virtio_net; now 10.0.2.15/24',
    '    ( ) Any wired interface',
    '        The cable may go into any port.',
    '',
    '  How does it get its address?',
    '    ( ) By DHCP, from the router',
    '    (*) Static, as written here',
    '    Address      [10.0.0.2/24                           ]  such as 10.0.0.2/24',
    '  ❯ Gateway      [10.0.1.1                              ]  your router',
    '    ! The gateway must be inside 10.0.0.2/24, got 10.0.1.1. Check the gateway',
    '      and the prefix length.',
    '    Name servers [9.9.9.9, router                       ]  several with commas',
    '    ! A name server is an IP address, got "router". Such as 9.9.9.9.',
  ])
  screen.press('Ctrl-U')
  screen.type('10.0.0.1')
  screen.press('Tab', 'Ctrl-U')
  screen.type('9.9.9.9, 1.1.1.1\r')
  await screen.waitForText('Step 5 of 8')
})
