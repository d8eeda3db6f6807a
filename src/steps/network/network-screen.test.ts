import { expect, test } from 'vitest'
import type { LookResult } from '../../model/look.ts'
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
    '',
    '    [ ] Show VLAN, search domains and proxy',
    '    Check the network now',
  ])
})

test('Enter alone leads through the page, by the check', async () => {
  const { screen, services } = await open()
  const asked: unknown[] = []
  const result: LookResult = {
    problems: [{ code: 'clock-skew', path: ['network'], message: 'the clock is 2 hours ahead', hint: 'set it' }],
    good: ['there is a cable in enp0s2'],
    unknown: ['something could not be seen'],
    found: [],
  }
  Object.assign(services.pages, {
    checkNetwork: async (network: unknown) => {
      asked.push(network)
      return result
    },
  })
  screen.type('\r\r\r\r')
  await screen.waitForText('! The clock is 2 hours ahead. Set it.')
  expect(asked).toMatchObject([{ interface: 'enp0s2', mode: 'dhcp' }])
  expect(screen.body().slice(-4)).toEqual([
    '    Check the network now',
    '    ! The clock is 2 hours ahead. Set it.',
    '    ? Something could not be seen.',
    '    ✓ There is a cable in enp0s2.',
  ])
  screen.press('Enter')
  await screen.waitForText('Step 6 of')
})

test('static: fields appear, and each problem stands below its field', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Down', 'Enter')
  await screen.waitForText('IPv6 gateway [')
  screen.type('10.0.0.2/24\r10.0.1.1\r\r\r9.9.9.9, router\r')
  screen.press('Tab', 'Tab', 'Enter')
  await screen.waitForText('2 things must be put right first; see the lines with !')
  expect(screen.body().slice(1, 19)).toEqual([
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
    '    IPv6 address [                                      ]  may be empty',
    '    IPv6 gateway [                                      ]  may be empty',
    '    Name servers [9.9.9.9, router                       ]  several with commas',
    '    ! A name server is an IP address, got "router". Such as 9.9.9.9.',
    '',
    '    [ ] Show VLAN, search domains and proxy',
    '    Check the network now',
  ])
  screen.press('Ctrl-U')
  screen.type('10.0.0.1')
  screen.press('Tab', 'Tab', 'Tab', 'Ctrl-U')
  screen.type('9.9.9.9, 1.1.1.1\r')
  screen.press('Tab', 'Tab', 'Enter')
  await screen.waitForText('Step 6 of')
})

test('a member of a bond says so, and what the live system has on top of the interfaces is named', async () => {
  const { screen } = await open('server-bond-vlan')
  expect(screen.body().slice(1, 8)).toEqual([
    '  Which interface?',
    '    Now in use: bond0 (802.3ad bond of eno1 and eno2); bond0.120 (VLAN 120 on',
    '    bond0, 10.120.0.12/24); br-lab (bridge, 10.9.9.1/24). None of it is taken',
    '    over: choose here what is to be installed.',
    '    ( ) eno1  cable connected, now part of bond0',
    '        MAC d0:94:66:00:00:01; driver bnxt_en',
    '    ( ) eno2  cable connected, now part of bond0',
  ])
  expect(screen.text()).toContain('( ) eno3  no cable\n')
  expect(screen.text()).toContain('❯ (*) Any wired interface\n')
})

test('static without a name server is refused with the reason', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Down', 'Enter')
  screen.type('10.0.0.2/24\r10.0.0.1')
  await screen.waitForText('Gateway      [10.0.0.1')
  screen.press('Shift-Tab', 'Shift-Tab', 'Shift-Tab', 'Shift-Tab', 'Enter')
  await screen.waitForText('! A static network needs a name server: without one no name is found and')
})

test('a wireless interface asks for its network; a wired one forgets it', async () => {
  const { screen } = await open('laptop-windows-secure-boot')
  screen.press('Down', 'Enter')
  await screen.waitForText('Network name [')
  screen.type('home\rseven77')
  screen.press('Shift-Tab', 'Shift-Tab', 'Shift-Tab', 'Enter')
  await screen.waitForText('! The passphrase of a wireless network has 8 to 63 characters')
  expect(screen.body().slice(1, 13)).toEqual([
    '        MAC 8c:8c:aa:11:22:33; driver e1000e',
    '    (*) wlp0s20f3  wireless',
    '        MAC a4:6b:b6:44:55:66; driver iwlwifi; now 192.168.178.44/24,',
    '        2001:db8:1::44/64',
    '    ( ) Any wired interface',
    '        The cable may go into any port.',
    '    Network name [home                                         ]  its SSID',
    '  ❯ Passphrase   [*******                                      ]  WPA2 or WPA3',
    '    ! The passphrase of a wireless network has 8 to 63 characters, or 64 hex',
    '      digits, got 7.',
    '    [ ] Show what is typed',
    '',
  ])
  screen.press('Shift-Tab', 'Shift-Tab', 'Up', 'Enter')
  await screen.waitForText('(*) enp0s31f6')
  expect(screen.text()).not.toContain('Network name')
})

test('several wired interfaces become a bond', async () => {
  const { screen } = await open('server-bond-vlan')
  screen.press('Down', 'Enter')
  await screen.waitForText('Made of:')
  screen.press('Space', 'Down', 'Space')
  await screen.waitFor((text) => text.split('[x]').length === 3, 'two members')
  screen.resize(80, 40)
  await screen.waitForText('balance-alb')
  expect(screen.body().slice(11, 22)).toEqual([
    '    ( ) Any wired interface',
    '        The cable may go into any port.',
    '    (*) Several wired interfaces together (bond)',
    '      Made of:',
    '    [x] eno1  cable connected, now part of bond0',
    '  ❯ [x] eno2  cable connected, now part of bond0',
    '    [ ] eno3  no cable',
    '      They share the work by:',
    '    (*) active-backup: one works, the others stand by; with every switch',
    '    ( ) 802.3ad: LACP; the switch must be set up for it',
    '    ( ) balance-alb: all work; with every switch, not with every driver',
  ])
})

test('what few need is shown on demand, and when something is in it', async () => {
  const { screen } = await open()
  screen.press('Tab', 'Tab', 'Space')
  await screen.waitForText('VLAN           [')
  screen.press('Down')
  screen.type('4095')
  screen.press('Up', 'Space')
  await screen.waitForText('VLAN           [4095')
  screen.press('Shift-Tab', 'Shift-Tab', 'Shift-Tab', 'Enter')
  await screen.waitForText('! A VLAN has a number from 1 to 4094, got "4095".')
})

test('a machine without a wired interface is not told that a cable may go into any', async () => {
  const { screen } = await open('no-network-card')
  await screen.waitForText('None was found here. Without one there is no network.')
  expect(screen.text()).not.toContain('any port')
})
