import { expect, test } from 'vitest'
import type { Hardware } from '../../model/hardware.ts'
import { hardware } from '../../testing/machine.ts'
import { parseStep } from '../parse-step.ts'
import { networkStep } from './network.ts'

const machine = hardware('one-nvme-uefi')
const staticDraft = {
  interface: 'eno1',
  mode: 'static',
  address: '10.0.0.2/24',
  gateway: '10.0.0.1',
  nameservers: ['9.9.9.9', '2620:fe::fe'],
}

const parse = (changes: object) => {
  const parsed = parseStep(networkStep, { ...staticDraft, ...changes })
  return 'problems' in parsed ? parsed.problems.map(({ code, path }) => [code, path.join('.')]) : parsed.value
}

test('a static draft becomes answers as they are', () => {
  expect(parse({})).toEqual(staticDraft)
  expect(parse({ gateway: '', nameservers: [] })).toMatchObject({ gateway: null, nameservers: [] })
})

test('DHCP ignores the static fields that a page keeps, even broken ones', () => {
  expect(parse({ mode: 'dhcp', interface: 'any', address: 'rubbish', gateway: 'x', nameservers: ['y'] })).toEqual({
    interface: 'any',
    mode: 'dhcp',
    address: null,
    gateway: null,
    nameservers: [],
  })
})

test.each([
  ['', 'missing'],
  ['10.0.0.2', 'invalid-address'],
  ['10.0.0.2/33', 'invalid-address'],
  ['10.0.0.2/0', 'invalid-address'],
  ['10.0.0.2/024', 'invalid-address'],
  ['10.0.0.256/24', 'invalid-address'],
  ['fd00::2/129', 'invalid-address'],
  ['fe80::2%eno1/64', 'invalid-address'],
  ['10.0.0.2/24; reboot', 'invalid-address'],
  ['10.0.0.0/24', 'not-a-host-address'],
  ['10.0.0.255/24', 'not-a-host-address'],
  ['127.0.0.2/8', 'not-a-host-address'],
  ['239.1.2.3/24', 'not-a-host-address'],
  ['::1/128', 'not-a-host-address'],
])('the address %j gives %s', (address, code) => {
  expect(parse({ address, gateway: '' })).toEqual([[code, 'network.address']])
})

test.each(['10.0.0.2/31', '10.0.0.0/31', '192.168.255.0/23', 'fd00::2/64', '2001:db8::1/128'])(
  'the address %s is accepted',
  (address) => {
    expect(parse({ address, gateway: '' })).toMatchObject({ address })
  },
)

test.each([
  ['10.0.0.2/24', '10.0.1.1', 'gateway-outside-subnet'],
  ['10.0.0.2/24', '10.0.0.2', 'gateway-is-address'],
  ['10.0.0.2/24', 'fd00::1', 'gateway-outside-subnet'],
  ['10.0.0.2/24', 'fe80::1', 'gateway-outside-subnet'],
  ['10.0.0.2/24', '10.0.0.1/24', 'invalid-gateway'],
  ['10.0.0.2/24', 'router.lan', 'invalid-gateway'],
  ['fd00::2/64', 'fd00:0:0::2', 'gateway-is-address'],
  ['fd00::2/64', 'fd00:1::1', 'gateway-outside-subnet'],
])('at %s the gateway %s gives %s', (address, gateway, code) => {
  expect(parse({ address, gateway })).toEqual([[code, 'network.gateway']])
})

test.each([
  ['10.0.0.2/16', '10.0.255.1'],
  ['fd00::2/64', 'fd00::ffff'],
  ['fd00::2/64', 'fe80::1'],
])('at %s the gateway %s is accepted', (address, gateway) => {
  expect(parse({ address, gateway })).toMatchObject({ gateway })
})

test('a name server is an address, each judged alone', () => {
  expect(parse({ nameservers: ['9.9.9.9', 'dns.example', 'fe80::1%eno1'] })).toEqual([
    ['invalid-nameserver', 'network.nameservers.1'],
    ['invalid-nameserver', 'network.nameservers.2'],
  ])
})

test('a static address needs a named interface', () => {
  expect(parse({ interface: 'any' })).toEqual([['static-needs-interface', 'network.interface']])
})

test.each([
  ['', 'missing'],
  ['sixteen-long-abc', 'invalid-interface'],
  ['a/b', 'invalid-interface'],
  ['eth0 ', 'invalid-interface'],
  ['-x', 'invalid-interface'],
  ['$(id)', 'invalid-interface'],
])('the interface %j gives %s', (name, code) => {
  expect(parse({ interface: name })).toEqual([[code, 'network.interface']])
})

test('the machine knows its interfaces, and that wireless ones will not do', () => {
  const codes = (name: string) =>
    networkStep
      .check({ interface: name, mode: 'dhcp', address: null, gateway: null, nameservers: [] }, machine)
      .map(({ code, hint }) => [code, hint])
  const hint = 'it has eno1; any takes every wired one'
  expect(codes('eno1')).toEqual([])
  expect(codes('any')).toEqual([])
  expect(codes('eth0')).toEqual([['interface-not-found', hint]])
  expect(codes('wlp0s20f3')).toEqual([['interface-is-wireless', hint]])
})

test('starts with the wired interface that has a cable, else any wired one, else any', () => {
  const [wired, wireless] = machine.interfaces
  if (!wired || !wireless) throw new Error('the recorded machine has two interfaces')
  const unplugged = { ...wired, name: 'eno0', hasCarrier: false }
  const startsWith = (interfaces: Hardware['interfaces']) => networkStep.defaults({ ...machine, interfaces }).interface
  expect(startsWith([unplugged, wireless, wired])).toBe('eno1')
  expect(startsWith([wireless, unplugged])).toBe('eno0')
  expect(startsWith([wireless])).toBe('any')
})
