import { expect, test } from 'vitest'
import { machineSystem } from '../testing/machine.ts'
import { parseAddresses, readInterfaces } from './network.ts'

test('reads addresses with their prefix and skips the empty objects of some versions', () => {
  const json =
    '[{},{"ifname":"lo","addr_info":[]},{"ifname":"eth0","addr_info":[{"family":"inet","local":"10.0.2.15","prefixlen":24},{"family":"inet6","local":"fe80::1","prefixlen":64},{"family":"inet6"}]}]'
  expect(parseAddresses(json)).toEqual(
    new Map([
      ['lo', []],
      ['eth0', ['10.0.2.15/24', 'fe80::1/64']],
    ]),
  )
})

test('a text that is no ip output is null', () => {
  for (const text of ['', 'Object "-j" is unknown', '{}']) expect(parseAddresses(text)).toBe(null)
})

test('leaves out bridges and loopback, and does not invent a carrier for an interface that is down', async () => {
  const server = await readInterfaces(machineSystem('bios-no-tpm'))
  expect(server.value.interfaces.map((one) => [one.name, one.hasCarrier])).toEqual([
    ['enp3s0', true],
    ['enp4s0', false],
  ])
  const laptop = await readInterfaces(machineSystem('laptop-windows-secure-boot'))
  expect(laptop.value.interfaces.map((one) => [one.name, one.hasCarrier, one.isWireless])).toEqual([
    ['enp0s31f6', 'unknown', false],
    ['wlp0s20f3', true, true],
  ])
})
