import type { LaidFile, Netdev, Network, Setting } from './system.ts'

const FOLDER = '/etc/systemd/network'

type Settings = Readonly<Record<string, Setting | readonly Setting[] | undefined>>

function section(name: string, settings: Settings = {}): string {
  const lines = Object.entries(settings).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one) => `${key}=${one}\n`),
  )
  return lines.length === 0 ? '' : `[${name}]\n${lines.join('')}`
}

const file = (name: string, sections: readonly string[]): LaidFile => ({
  path: `${FOLDER}/${name}`,
  content: sections.filter((text) => text !== '').join('\n'),
  mode: 0o644,
})

/** A network of the configuration as networkd reads it. */
export function networkFile(name: string, network: Network): LaidFile {
  const { address, gateway, dns, domains, ntp, bond, vlan } = network
  const own = {
    Address: address,
    Gateway: gateway,
    DNS: dns,
    Domains: domains?.join(' '),
    NTP: ntp,
    Bond: bond,
    VLAN: vlan,
  }
  return file(`${name}.network`, [
    section('Match', network.matchConfig),
    section('Link', network.linkConfig),
    section('Network', { ...network.networkConfig, ...own }),
    section('DHCPv4', network.dhcpV4Config),
    section('DHCPv6', network.dhcpV6Config),
    section('IPv6AcceptRA', network.ipv6AcceptRAConfig),
    ...(network.routes ?? []).map((route) => section('Route', route)),
  ])
}

/** A device that networkd makes: a bond, a VLAN. */
export function netdevFile(name: string, netdev: Netdev): LaidFile {
  return file(`${name}.netdev`, [
    section('NetDev', netdev.netdevConfig),
    section('VLAN', netdev.vlanConfig),
    section('Bond', netdev.bondConfig),
  ])
}
