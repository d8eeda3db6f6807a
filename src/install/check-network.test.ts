import { expect, test } from 'vitest'
import type { NetworkAnswers } from '../model/answers.ts'
import { Secret } from '../model/secret.ts'
import type { NameAnswer } from '../system/look-up-name.ts'
import { type FakeAnswer, type FakeSystem, fakeSystem } from '../testing/fake-system.ts'
import { checkNetwork } from './check-network.ts'

const STATIC: NetworkAnswers = {
  interface: 'v0',
  bond: null,
  vlan: null,
  mode: 'static',
  address: '10.9.0.2/24',
  gateway: '10.9.0.1',
  address6: null,
  gateway6: null,
  nameservers: ['10.9.0.1'],
  searchDomains: [],
  proxy: null,
  wifi: null,
}

const ARPING = 'arping -D -I v0 -c 2 -w 3 10.9.0.2'
const PING = 'ping -n -c 2 -W 2 -I v0 10.9.0.1'
const CURL =
  "curl -q --silent --head --max-time 10 --noproxy '*' --resolve cache.nixos.org:80:192.0.2.7 http://cache.nixos.org/nix-cache-info"
const SIX = 'ip -6 -j address show dev v0'

type Live = {
  readonly carrier?: string
  readonly addresses?: readonly string[]
  readonly commands?: Record<string, FakeAnswer | FakeAnswer[]>
}

/** A live system with one wired interface, where all is well but what the test says. */
function live({ carrier = '1', addresses = [], commands = {} }: Live = {}): FakeSystem {
  const infos = addresses.map((address) => {
    const [local, prefix] = address.split('/')
    return { local, prefixlen: Number(prefix) }
  })
  return fakeSystem({
    now: () => new Date('2026-11-23T09:36:32Z'),
    directories: ['/sys/class/net/v0/device'],
    files: { '/sys/class/net/v0/address': '52:54:00:00:00:01\n', '/sys/class/net/v0/carrier': `${carrier}\n` },
    commands: {
      'ip -j addr': JSON.stringify([{ ifname: 'v0', addr_info: infos }]),
      [ARPING]: 'ARPING 10.9.0.2 from 0.0.0.0 v0\nSent 2 probes (2 broadcast(s))\nReceived 0 response(s)\n',
      [PING]: '2 packets transmitted, 2 received, 0% packet loss\n',
      'ip -4 -j route show default': '[]\n',
      'ip -6 -j route show default': '[{"dst":"default","gateway":"fe80::1","dev":"v1"}]\n',
      'ip address add *': '',
      'ip address delete *': '',
      'ip -4 route *': '',
      'ip link *': '',
      'curl *': 'HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 09:36:30 GMT\r\n\r\n',
      ...commands,
    },
  })
}

const lookAt = async (
  system: FakeSystem,
  changes: Partial<NetworkAnswers> = {},
  { answer = { addresses: ['192.0.2.7'] }, mayTry = true }: { answer?: NameAnswer; mayTry?: boolean } = {},
) => {
  const hands = { system, lookUp: async () => answer, pause: async () => {}, mayTry }
  const { problems, good, unknown } = await checkNetwork({ ...STATIC, ...changes }, hands)
  return { problems: problems.map(({ code, path }) => `${path.join('.')} ${code}`), good, unknown }
}

test('where all is well it says so, and takes back what it put on the live system, in the other order', async () => {
  const system = live()
  expect(await lookAt(system)).toEqual({
    problems: [],
    good: [
      'there is a cable in v0',
      'no other machine has 10.9.0.2',
      'the gateway 10.9.0.1 answers',
      'the name server 10.9.0.1 answers',
      'downloads from cache.nixos.org work',
      'the clock is right',
    ],
    unknown: [],
  })
  expect(system.runs()).toEqual([
    'ip address add 10.9.0.2/24 dev v0',
    'ip -4 route add default via 10.9.0.1 dev v0 metric 42000',
    'ip -4 route delete default via 10.9.0.1 dev v0 metric 42000',
    'ip address delete 10.9.0.2/24 dev v0',
  ])
  expect(system.calls().map(({ line }) => line)).toContain(CURL)
})

test('an address of the live system in the same subnet is enough to look from', async () => {
  const system = live({
    addresses: ['10.9.0.77/24'],
    commands: { 'ip -4 -j route show default': '[{"dst":"default","gateway":"10.9.0.1","dev":"v0"}]' },
  })
  expect((await lookAt(system)).problems).toEqual([])
  expect(system.runs()).toEqual([])
})

test('an address that another machine has is told, and is not put on the live system', async () => {
  const taken = { exitCode: 1, stdout: 'Unicast reply from 10.9.0.2 [AA:E1:2E:B1:74:46]  0.520ms\n' }
  const system = live({ commands: { [ARPING]: taken } })
  expect(await lookAt(system)).toMatchObject({
    problems: ['network.address address-in-use'],
    unknown: ['name servers and clock were not looked at: there was no address to ask from'],
  })
  expect(system.runs()).toEqual([])
})

test('an answer from another cable of this machine is no duplicate', async () => {
  const own = { exitCode: 1, stdout: 'Unicast reply from 10.9.0.2 [52:54:00:00:00:01]  0.520ms\n' }
  expect((await lookAt(live({ commands: { [ARPING]: own } }))).problems).toEqual([])
})

test('a gateway that ignores pings but is on the link is there; one that is not is told', async () => {
  const silent = { exitCode: 1, stdout: '2 packets transmitted, 0 received\n' }
  const NEIGH = 'ip -j neigh show 10.9.0.1 dev v0'
  const there = '[{"dst":"10.9.0.1","lladdr":"aa:e1:2e:b1:74:46","state":["REACHABLE"]}]'
  const gone = '[{"dst":"10.9.0.1","state":["FAILED"]}]'
  expect((await lookAt(live({ commands: { [PING]: silent, [NEIGH]: there } }))).problems).toEqual([])
  const system = live({ commands: { [PING]: silent, [NEIGH]: gone } })
  expect((await lookAt(system)).problems).toEqual(['network.gateway gateway-silent'])
  expect(system.runs()).toEqual(['ip address add 10.9.0.2/24 dev v0', 'ip address delete 10.9.0.2/24 dev v0'])
})

const six = { address: null, gateway: null, address6: 'fd09:0:0::7/64', gateway6: null }
const shown = (flags: object) =>
  JSON.stringify([{ ifname: 'v0', addr_info: [{ local: 'fd09::7', prefixlen: 64, ...flags }] }])

test.each([
  [{}, [], ['there is a cable in v0', 'no other machine has fd09:0:0::7']],
  [{ dadfailed: true, tentative: true }, ['network.address6 address-in-use'], ['there is a cable in v0']],
])('the kernel searches for a duplicate of an IPv6 address: %j', async (flags, problems, good) => {
  const system = live({ commands: { [SIX]: [shown({ tentative: true }), shown(flags)] } })
  const found = await lookAt(system, six)
  expect(found.problems).toEqual(problems)
  expect(found.good.slice(0, 2)).toEqual(good)
  expect(system.runs()).toEqual(['ip address add fd09:0:0::7/64 dev v0', 'ip address delete fd09:0:0::7/64 dev v0'])
})

test('a VLAN is made for the look and taken away', async () => {
  const system = live({
    addresses: ['10.9.0.77/24'],
    commands: {
      'arping -D -I keystone-vlan -c 2 -w 3 10.9.0.2': '',
      'ping -n -c 2 -W 2 -I keystone-vlan 10.9.0.1': '',
    },
  })
  expect((await lookAt(system, { vlan: 20 })).problems).toEqual([])
  expect(system.runs()).toEqual([
    'ip link add link v0 name keystone-vlan type vlan id 20',
    'ip link set keystone-vlan up',
    'ip address add 10.9.0.2/24 dev keystone-vlan',
    'ip -4 route add default via 10.9.0.1 dev keystone-vlan metric 42000',
    'ip -4 route delete default via 10.9.0.1 dev keystone-vlan metric 42000',
    'ip address delete 10.9.0.2/24 dev keystone-vlan',
    'ip link delete keystone-vlan',
  ])
})

test('what cannot be taken back is told as a command', async () => {
  const system = live({
    commands: { 'ip address delete *': { exitCode: 2, stderr: 'RTNETLINK answers: No such device\n' } },
  })
  expect((await lookAt(system)).unknown).toEqual([
    'the live system could not be put back by: ip address delete 10.9.0.2/24 dev v0',
  ])
})

test.each<[string, Partial<NetworkAnswers>, Live, boolean, string]>([
  ['no cable', {}, { carrier: '0' }, true, 'the address was not tried: it needs a cable'],
  ['a dry run', {}, {}, false, 'the address was not tried: a dry run changes nothing'],
  [
    'a bond',
    { interface: 'bond0', bond: { interfaces: ['v0'], mode: 'active-backup' } },
    {},
    true,
    'the address was not tried: a bond is made by the installed system only',
  ],
  [
    'a wireless network',
    { mode: 'dhcp', wifi: { ssid: 'home', passphrase: new Secret('eight888') } },
    {},
    true,
    'a wireless network is tried by the installed system only',
  ],
])('with %s the address is not tried, and that is said', async (_what, changes, machine, mayTry, words) => {
  const system = live(machine)
  expect((await lookAt(system, changes, { mayTry })).unknown).toContain(words)
  expect(system.runs()).toEqual([])
})

const dhcp = { mode: 'dhcp', address: null, gateway: null, nameservers: [] } as const

test('with DHCP the live system’s own address shows that it works', async () => {
  expect((await lookAt(live({ addresses: ['10.0.2.15/24', 'fe80::1/64'] }), dhcp)).good[1]).toBe(
    'the address of v0 is 10.0.2.15/24 now',
  )
  expect((await lookAt(live({ addresses: ['fe80::1/64'] }), dhcp)).problems).toEqual(['network.interface no-address'])
  expect((await lookAt(live({ carrier: '0' }), { ...dhcp, interface: 'any' })).problems).toEqual([
    'network.interface no-carrier',
  ])
})

test.each([
  ['ETIMEOUT', 'nameserver-silent'],
  ['ECONNREFUSED', 'nameserver-silent'],
  ['ENOTFOUND', 'name-not-found'],
])('a name server that gives %s is %s', async (error, code) => {
  const found = await lookAt(live(), {}, { answer: { error } })
  expect(found.problems).toEqual([`network.nameservers ${code}`])
  expect(found.unknown).toEqual(['the clock was not compared: nothing outside could be reached'])
})

test.each([
  ['Mon, 23 Nov 2026 07:36:32 GMT', 'the clock of this machine is 2 hours ahead; certificates would be refused'],
  ['Mon, 23 Nov 2026 09:46:32 GMT', 'the clock of this machine is 10 minutes behind; certificates would be refused'],
  ['Thu, 23 Nov 2028 09:36:32 GMT', 'the clock of this machine is 731 days behind; certificates would be refused'],
])('an answer of %s means that %s', async (date, message) => {
  const system = live({ commands: { 'curl *': `HTTP/1.1 200 OK\r\nDate: ${date}\r\n\r\n` } })
  const hands = { system, lookUp: async () => ({ addresses: ['192.0.2.7'] }), pause: async () => {}, mayTry: true }
  const { problems } = await checkNetwork(STATIC, hands)
  expect(problems.map((problem) => problem.message)).toEqual([message])
})

test('by a proxy the host needs no address of ours', async () => {
  const proxy = 'http://10.9.0.9:3128'
  const call = `curl -q --silent --head --max-time 10 --proxy ${proxy} http://cache.nixos.org/nix-cache-info`
  const answered = await lookAt(live(), { proxy }, { answer: { error: 'ENOTFOUND' } })
  expect(answered.good).toContain('downloads from cache.nixos.org work by the proxy')
  const silent = await lookAt(live({ commands: { [call]: { exitCode: 7 } } }), { proxy })
  expect(silent.problems).toEqual(['network.proxy proxy-silent'])
})
