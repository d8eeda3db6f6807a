import { systemCrypttab, systemFstab } from './fstab.ts'
import { sanoidFiles } from './sanoid.ts'
import type { LaidFile, Network, Setting, System } from './system.ts'
import { serviceFiles, timerFiles } from './units.ts'

function networkFile(name: string, network: Network): LaidFile {
  const pairs = (settings: Readonly<Record<string, Setting>> = {}) =>
    Object.entries(settings).map(([key, value]) => `${key}=${value}\n`)
  const lines = (key: string, values: readonly string[] = []) => values.map((value) => `${key}=${value}\n`)
  const content = [
    '[Match]\n',
    ...pairs(network.matchConfig),
    '\n[Link]\n',
    ...pairs(network.linkConfig),
    '\n[Network]\n',
    ...pairs(network.networkConfig),
    ...lines('Address', network.address),
    ...lines('Gateway', network.gateway),
    ...lines('DNS', network.dns),
  ].join('')
  return { path: `/etc/systemd/network/${name}.network`, content, mode: 0o644 }
}

/** NixOS sets passwords from their files at each boot, while it makes the users; so does this unit. */
function passwordUnit(system: System): readonly LaidFile[] {
  const files = Object.entries(system.users.users).flatMap(([name, { hashedPasswordFile: file }]) =>
    file === undefined ? [] : [{ name, file }],
  )
  const script = files
    .map(
      ({ name, file }) => `[ ! -e '${file}' ] || printf '%s:%s\\n' '${name}' "$(head -n1 '${file}')" | chpasswd -e\n`,
    )
    .join('')
  return serviceFiles('keystone-lab-passwords', {
    description: 'Set the passwords as NixOS does at boot',
    wantedBy: ['multi-user.target'],
    after: ['local-fs.target'],
    before: ['systemd-user-sessions.service', 'getty.target', 'serial-getty@ttyS0.service'],
    serviceConfig: { Type: 'oneshot', RemainAfterExit: true },
    script,
  })
}

/** The files that turn the small Debian system into what the rendered configuration describes. */
export function targetFiles(system: System, storePath: string, machineId: string): readonly LaidFile[] {
  const { hostName } = system.networking
  const keys = Object.entries(system.users.users).map(([name, user]) => ({
    path: `/etc/ssh/authorized_keys.d/${name}`,
    content: (user.openssh?.authorizedKeys?.keys ?? []).map((key) => `${key}\n`).join(''),
    mode: 0o444,
  }))
  const etc = Object.entries(system.environment.etc).map(([path, { text, mode }]) => ({
    path: `/etc/${path}`,
    content: text ?? '',
    mode: mode === undefined || mode === 'symlink' ? 0o444 : Number.parseInt(mode, 8),
  }))
  return [
    { path: '/etc/hostname', content: `${hostName}\n`, mode: 0o644 },
    { path: '/etc/hosts', content: `127.0.0.1 localhost\n::1 localhost\n127.0.0.2 ${hostName}\n`, mode: 0o644 },
    { path: '/etc/machine-id', content: `${machineId}\n`, mode: 0o444 },
    { path: '/etc/fstab', content: systemFstab(system), mode: 0o644 },
    { path: '/etc/crypttab', content: systemCrypttab(system), mode: 0o600 },
    ...keys,
    ...etc,
    ...Object.entries(system.networks).map(([name, network]) => networkFile(name, network)),
    {
      path: '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service',
      link: '/usr/lib/systemd/system/systemd-networkd.service',
    },
    ...Object.entries(system.services).flatMap(([name, service]) => serviceFiles(name, service)),
    ...Object.entries(system.timers).flatMap(([name, timer]) => timerFiles(name, timer)),
    ...passwordUnit(system),
    ...sanoidFiles(system.sanoid),
    { path: '/etc/tmpfiles.d/nixos.conf', content: `L+ /run/current-system - - - - ${storePath}\n`, mode: 0o644 },
    { path: '/nix/var/nix/profiles/system', link: 'system-1-link' },
    { path: '/nix/var/nix/profiles/system-1-link', link: storePath },
  ]
}
