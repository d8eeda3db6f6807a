import { expect, test } from 'vitest'
import type { NetworkAnswers } from '../../model/answers.ts'
import type { Hardware } from '../../model/hardware.ts'
import { Secret } from '../../model/secret.ts'
import { hardware } from '../../testing/machine.ts'
import { parseStep } from '../parse-step.ts'
import { NOTHING_SPECIAL, networkStep } from './network.ts'

const machine = hardware('one-nvme-uefi')
const staticDraft = {
  ...NOTHING_SPECIAL,
  interface: 'eno1',
  mode: 'static',
  address: '10.0.0.2/24',
  gateway: '10.0.0.1',
  nameservers: ['9.9.9.9', '2620:fe::fe'],
}
const BY_DHCP: NetworkAnswers = {
  interface: 'any',
  bond: null,
  vlan: null,
  mode: 'dhcp',
  address: null,
  gateway: null,
  address6: null,
  gateway6: null,
  nameservers: [],
  searchDomains: [],
  proxy: null,
  wifi: null,
}

const parse = (changes: object) => {
  const parsed = parseStep(networkStep, { ...staticDraft, ...changes })
  return 'problems' in parsed ? parsed.problems.map(({ code, path }) => [code, path.join('.')]) : parsed.value
}

test('a static draft becomes answers as they are', () => {
  expect(parse({})).toEqual({
    ...BY_DHCP,
    interface: 'eno1',
    mode: 'static',
    address: '10.0.0.2/24',
    gateway: '10.0.0.1',
    nameservers: ['9.9.9.9', '2620:fe::fe'],
  })
  expect(parse({ gateway: '' })).toMatchObject({ gateway: null })
})

test('IPv6 alone, and beside IPv4', () => {
  const six = { address6: 'fd00::2/64', gateway6: 'fe80::1' }
  expect(parse({ ...six, address: '', gateway: '' })).toMatchObject({ address: null, gateway: null, ...six })
  expect(parse(six)).toMatchObject({ address: '10.0.0.2/24', gateway: '10.0.0.1', ...six })
})

test('a static network without a name server is refused with the reason', () => {
  const parsed = parseStep(networkStep, { ...staticDraft, nameservers: [] })
  expect('problems' in parsed && parsed.problems).toEqual([
    {
      code: 'static-needs-nameserver',
      path: ['network', 'nameservers'],
      message: 'a static network needs a name server: without one no name is found and nothing can be downloaded',
      hint: 'often it is the router, 9.9.9.9 works where the internet is reached',
    },
  ])
})

test('DHCP ignores the static fields that a page keeps, even broken ones', () => {
  const kept = { address: 'rubbish', gateway: 'x', address6: 'z', gateway6: 'z', nameservers: ['y'] }
  expect(parse({ mode: 'dhcp', interface: 'any', ...kept })).toEqual(BY_DHCP)
})

test.each([
  ['10.0.0.2', 'invalid-address'],
  ['10.0.0.2/33', 'invalid-address'],
  ['10.0.0.2/0', 'invalid-address'],
  ['10.0.0.2/024', 'invalid-address'],
  ['10.0.0.256/24', 'invalid-address'],
  ['10.0.0.2/24; reboot', 'invalid-address'],
  ['fd00::2/64', 'wrong-address-family'],
  ['10.0.0.0/24', 'not-a-host-address'],
  ['10.0.0.255/24', 'not-a-host-address'],
  ['127.0.0.2/8', 'not-a-host-address'],
  ['239.1.2.3/24', 'not-a-host-address'],
])('the address %j gives %s', (address, code) => {
  expect(parse({ address, gateway: '' })).toEqual([[code, 'network.address']])
})

test.each([
  ['fd00::2', 'invalid-address'],
  ['fd00::2/129', 'invalid-address'],
  ['fe80::2%eno1/64', 'invalid-address'],
  ['10.0.0.2/24', 'wrong-address-family'],
  ['::1/128', 'not-a-host-address'],
  ['ff02::1/64', 'not-a-host-address'],
  ['fe80::2/64', 'not-a-host-address'],
])('the IPv6 address %j gives %s', (address6, code) => {
  expect(parse({ address6 })).toEqual([[code, 'network.address6']])
})

test.each(['10.0.0.2/31', '10.0.0.0/31', '192.168.255.0/23'])('the address %s is accepted', (address) => {
  expect(parse({ address, gateway: '' })).toMatchObject({ address })
})

test('static without any address asks for one', () => {
  expect(parse({ address: '', gateway: '' })).toEqual([['missing', 'network.address']])
})

test.each([
  ['10.0.0.2/24', '10.0.1.1', 'gateway-outside-subnet'],
  ['10.0.0.2/24', '10.0.0.2', 'gateway-is-address'],
  ['10.0.0.2/24', 'fd00::1', 'gateway-outside-subnet'],
  ['10.0.0.2/24', '10.0.0.1/24', 'invalid-gateway'],
  ['10.0.0.2/24', 'router.lan', 'invalid-gateway'],
])('at %s the gateway %s gives %s', (address, gateway, code) => {
  expect(parse({ address, gateway })).toEqual([[code, 'network.gateway']])
})

test.each([
  ['fd00::2/64', 'fd00:0:0::2', 'gateway-is-address'],
  ['fd00::2/64', 'fd00:1::1', 'gateway-outside-subnet'],
  ['fd00::2/64', '10.0.0.1', 'gateway-outside-subnet'],
  ['fd00::2/64', 'fe80::1%eno1', 'invalid-gateway'],
  ['', 'fe80::1', 'gateway-without-address'],
])('at %j the IPv6 gateway %s gives %s', (address6, gateway6, code) => {
  expect(parse({ address6, gateway6 })).toEqual([[code, 'network.gateway6']])
})

test('a gateway that is far away is inside a large subnet', () => {
  expect(parse({ address: '10.0.0.2/16', gateway: '10.0.255.1' })).toMatchObject({ gateway: '10.0.255.1' })
  expect(parse({ address6: 'fd00::2/64', gateway6: 'fd00::ffff' })).toMatchObject({ gateway6: 'fd00::ffff' })
})

test('a name server is an address, each judged alone', () => {
  expect(parse({ nameservers: ['9.9.9.9', 'dns.example', 'fe80::1%eno1'] })).toEqual([
    ['invalid-nameserver', 'network.nameservers.1'],
    ['invalid-nameserver', 'network.nameservers.2'],
  ])
})

test('search domains go with DHCP too, and are names', () => {
  expect(parse({ mode: 'dhcp', searchDomains: ['home.example', 'lan'] })).toMatchObject({
    searchDomains: ['home.example', 'lan'],
  })
  for (const domain of ['', '.', 'a..b', '-a', 'home.example.', '~lan', 'a b', '$(id)', 'x'.repeat(64)]) {
    expect(parse({ searchDomains: [domain] })).toEqual([['invalid-search-domain', 'network.searchDomains.0']])
  }
})

test('a static address and a VLAN need a named interface', () => {
  expect(parse({ interface: 'any' })).toEqual([['static-needs-interface', 'network.interface']])
  expect(parse({ interface: 'any', mode: 'dhcp', vlan: '7' })).toEqual([['vlan-needs-interface', 'network.interface']])
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

test.each(['0', '4095', '07', '1.5', 'seven', '-1', '10000'])('the VLAN %j is refused', (vlan) => {
  expect(parse({ vlan })).toEqual([['invalid-vlan', 'network.vlan']])
})

test('a VLAN becomes a number', () => {
  expect(parse({ vlan: '4094' })).toMatchObject({ vlan: 4094 })
})

const bond = { interface: 'bond0', bondInterfaces: ['eno1', 'eno2'], bondMode: '802.3ad' }

test('a bond has its members and its mode; without one a page keeps them in vain', () => {
  expect(parse(bond)).toMatchObject({
    interface: 'bond0',
    bond: { interfaces: ['eno1', 'eno2'], mode: '802.3ad' },
  })
  expect(parse({ ...bond, interface: 'eno1', bondMode: 'rubbish' })).toMatchObject({ interface: 'eno1', bond: null })
})

test.each([
  [{ bondInterfaces: [] }, [['bond-needs-interfaces', 'network.bondInterfaces']]],
  [{ bondInterfaces: ['eno1', 'eno1'] }, [['same-interface-twice', 'network.bondInterfaces.1']]],
  [{ bondInterfaces: ['any'] }, [['invalid-interface', 'network.bondInterfaces.0']]],
  [{ bondInterfaces: ['eno1', 'a b'] }, [['invalid-interface', 'network.bondInterfaces.1']]],
  [{ bondMode: 'balance-rr' }, [['invalid-choice', 'network.bondMode']]],
])('a bond with %j is refused', (changes, problems) => {
  expect(parse({ ...bond, ...changes })).toEqual(problems)
})

test.each(['http://proxy.example:3128', 'https://10.0.0.9', 'http://[fd00::9]:8080/'])(
  'the proxy %s is accepted as it is',
  (proxy) => {
    expect(parse({ proxy })).toMatchObject({ proxy })
  },
)

test.each([
  ['proxy.example:3128', 'invalid-proxy'],
  ['socks5://proxy.example', 'invalid-proxy'],
  ['http://', 'invalid-proxy'],
  ['http://a b', 'invalid-proxy'],
  ['http://proxy.example:99999', 'invalid-proxy'],
  ['http://proxy.example/path', 'invalid-proxy'],
  ['http://$(id)', 'invalid-proxy'],
  ['http://[::g]', 'invalid-proxy'],
  ['http://anna:canary@proxy.example', 'proxy-with-password'],
  ['anna:canary@proxy.example', 'proxy-with-password'],
])('the proxy %s gives %s', (proxy, code) => {
  expect(parse({ proxy })).toEqual([[code, 'network.proxy']])
  expect(JSON.stringify(parseStep(networkStep, { ...staticDraft, proxy }))).not.toContain('canary')
})

const wifi = { interface: 'wlp2s0', wifiName: 'Home Ünder "roof"', wifiPassphrase: 'eight888' }

test('a wireless network has a name and a passphrase, which is a secret', () => {
  const value = parse(wifi) as NetworkAnswers
  expect(value.wifi?.ssid).toBe('Home Ünder "roof"')
  expect(value.wifi?.passphrase).toBeInstanceOf(Secret)
  expect(value.wifi?.passphrase.reveal()).toBe('eight888')
  expect(parse({ ...wifi, wifiPassphrase: 'A'.repeat(64) })).toMatchObject({ interface: 'wlp2s0' })
})

test.each([
  [{ wifiPassphrase: '' }, 'missing', 'wifiPassphrase'],
  [{ wifiPassphrase: 'seven77' }, 'invalid-wifi-passphrase', 'wifiPassphrase'],
  [{ wifiPassphrase: 'x'.repeat(64) }, 'invalid-wifi-passphrase', 'wifiPassphrase'],
  [{ wifiPassphrase: 'påskeæg-canary' }, 'invalid-wifi-passphrase', 'wifiPassphrase'],
  [{ wifiPassphrase: 'canary\nnetwork={' }, 'invalid-wifi-passphrase', 'wifiPassphrase'],
  [{ wifiName: 'æ'.repeat(17) }, 'invalid-wifi-name', 'wifiName'],
  [{ wifiName: 'a\nb' }, 'invalid-wifi-name', 'wifiName'],
  [{ wifiName: '' }, 'passphrase-without-network', 'wifiPassphrase'],
  [{ interface: 'any', mode: 'dhcp' }, 'wifi-needs-interface', 'interface'],
])('a wireless network with %j is refused', (changes, code, key) => {
  expect(parse({ ...wifi, ...changes })).toEqual([[code, `network.${key}`]])
  expect(JSON.stringify(parseStep(networkStep, { ...staticDraft, ...wifi, ...changes }))).not.toContain('canary')
})

const judged = (changes: Partial<NetworkAnswers>) =>
  networkStep.check({ ...BY_DHCP, ...changes }, machine).map(({ code, path, hint }) => [code, path.join('.'), hint])

test('the machine knows its interfaces', () => {
  const hint = 'it has eno1; any takes every wired one; wireless are wlp0s20f3'
  expect(judged({ interface: 'eno1' })).toEqual([])
  expect(judged({})).toEqual([])
  expect(judged({ interface: 'eth0' })).toEqual([['interface-not-found', 'network.interface', hint]])
  expect(judged({ interface: 'bond0', bond: { interfaces: ['eno1', 'wlp0s20f3', 'eno9'], mode: '802.3ad' } })).toEqual([
    ['interface-is-wireless', 'network.bondInterfaces.1', hint],
    ['interface-not-found', 'network.bondInterfaces.2', hint],
  ])
})

test('a bond, VLAN or bridge of the live system is none of its interfaces, and that is said', () => {
  const check = (name: string) =>
    networkStep.check({ ...BY_DHCP, interface: name }, hardware('server-bond-vlan')).map(({ message }) => message)
  expect(check('bond0.120')).toEqual(['bond0.120 is a VLAN of the live system, not an interface of this machine'])
  expect(check('br-lab')).toEqual(['br-lab is a bridge of the live system, not an interface of this machine'])
  expect(check('br-home')).toEqual(['this machine has no interface br-home'])
})

test('a wireless interface needs a network, and takes no VLAN; a wired one takes no wireless network', () => {
  const network = { ssid: 'home', passphrase: new Secret('eight888') }
  expect(judged({ interface: 'wlp0s20f3', wifi: network })).toEqual([])
  expect(judged({ interface: 'wlp0s20f3' })).toEqual([['wireless-needs-wifi', 'network.wifiName', undefined]])
  expect(judged({ interface: 'wlp0s20f3', wifi: network, vlan: 7 })).toEqual([
    ['vlan-on-wireless', 'network.vlan', 'leave the VLAN out'],
  ])
  expect(judged({ interface: 'eno1', wifi: network })).toEqual([
    ['interface-not-wireless', 'network.wifiName', 'wireless are wlp0s20f3'],
  ])
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

test('a member of a live bond or bridge is not what it starts with: another one with a cable, else any', () => {
  const server = hardware('server-bond-vlan')
  expect(networkStep.defaults(server).interface).toBe('any')
  const plugged = server.interfaces.map((one) => (one.name === 'eno3' ? { ...one, hasCarrier: true } : one))
  expect(networkStep.defaults({ ...server, interfaces: plugged }).interface).toBe('eno3')
})

test('the summary says what is set, and no secret', () => {
  const summaryOf = (changes: Partial<NetworkAnswers>) =>
    networkStep.summary({ ...BY_DHCP, ...changes }, machine).map(({ label, value }) => `${label}: ${value}`)
  expect(summaryOf({})).toEqual(['Interface: every wired interface', 'Address: by DHCP'])
  expect(
    summaryOf({
      interface: 'bond0',
      bond: { interfaces: ['eno1', 'eno2'], mode: 'active-backup' },
      vlan: 20,
      mode: 'static',
      address: '10.0.0.2/24',
      address6: 'fd00::2/64',
      gateway6: 'fe80::1',
      nameservers: ['10.0.0.1'],
      searchDomains: ['lan'],
      proxy: 'http://10.0.0.9:3128',
    }),
  ).toEqual([
    'Interface: bond0: eno1 and eno2 as active-backup, VLAN 20',
    'Address: 10.0.0.2/24',
    'Gateway: none',
    'IPv6 address: fd00::2/64',
    'IPv6 gateway: fe80::1',
    'Name servers: 10.0.0.1',
    'Search domains: lan',
    'Proxy: http://10.0.0.9:3128',
  ])
  expect(summaryOf({ interface: 'eno1', mode: 'static', address: '10.0.0.2/24', nameservers: ['10.0.0.1'] })).toContain(
    'Gateway: none: only the local network can be reached',
  )
  expect(summaryOf({ interface: 'wlp2s0', wifi: { ssid: 'home', passphrase: new Secret('canary-canary') } })).toEqual([
    'Interface: wlp2s0',
    'Wireless: home, passphrase set',
    'Address: by DHCP',
  ])
})
