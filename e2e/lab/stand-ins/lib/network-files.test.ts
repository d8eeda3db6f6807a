import { expect, test } from 'vitest'
import { netdevFile, networkFile } from './network-files.ts'

test('a network with a VLAN on it becomes one file, a section for each kind of setting', () => {
  const file = networkFile('10-uplink', {
    matchConfig: { Name: 'bond0' },
    linkConfig: { RequiredForOnline: 'no' },
    networkConfig: { DHCP: 'no' },
    address: ['10.0.0.2/24', 'fd00::2/64'],
    dns: ['10.0.0.1'],
    domains: ['a.example', 'b.example'],
    vlan: ['vlan12'],
    routes: [{ Gateway: '10.0.0.1' }, { Gateway: 'fd00::1', GatewayOnLink: true }],
  })
  expect(file).toEqual({
    path: '/etc/systemd/network/10-uplink.network',
    mode: 0o644,
    content: `[Match]
Name=bond0

[Link]
RequiredForOnline=no

[Network]
DHCP=no
Address=10.0.0.2/24
Address=fd00::2/64
DNS=10.0.0.1
Domains=a.example b.example
VLAN=vlan12

[Route]
Gateway=10.0.0.1

[Route]
Gateway=fd00::1
GatewayOnLink=true
`,
  })
})

test('a bond becomes a file of its own', () => {
  const bond = { netdevConfig: { Name: 'bond0', Kind: 'bond' }, bondConfig: { Mode: 'active-backup' } }
  expect(netdevFile('05-bond0', bond)).toMatchObject({
    path: '/etc/systemd/network/05-bond0.netdev',
    content: '[NetDev]\nName=bond0\nKind=bond\n\n[Bond]\nMode=active-backup\n',
  })
})
