import { systemCrypttab, systemFstab } from './fstab.ts'
import { netdevFile, networkFile } from './network-files.ts'
import { sanoidFiles } from './sanoid.ts'
import { swapFileUnits } from './swap-files.ts'
import type { LaidFile, System } from './system.ts'
import { serviceFiles, timerFiles } from './units.ts'

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

/** Language, keyboard and time zone. NixOS has systemd-vconsole-setup for the keyboard, Debian has not. */
function personFiles({ console: { keyMap }, i18n, time }: System): readonly LaidFile[] {
  return [
    { path: '/etc/locale.conf', content: `LANG=${i18n.defaultLocale}\n`, mode: 0o644 },
    { path: '/etc/vconsole.conf', content: `KEYMAP=${keyMap}\n`, mode: 0o644 },
    ...(time.timeZone === null ? [] : [{ path: '/etc/localtime', link: `/usr/share/zoneinfo/${time.timeZone}` }]),
    ...serviceFiles('keystone-lab-keyboard', {
      description: 'Load the keyboard layout',
      wantedBy: ['multi-user.target'],
      after: ['local-fs.target'],
      serviceConfig: {
        Type: 'oneshot',
        RemainAfterExit: true,
        ExecStart: `/usr/bin/loadkeys -q -C /dev/tty1 ${keyMap}`,
      },
    }),
  ]
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
    // Debian's own would make a copy of its default there: vconsole.conf is the installed system's.
    { path: '/etc/tmpfiles.d/00-nixos.conf', content: 'f /etc/vconsole.conf\n', mode: 0o644 },
    { path: '/etc/fstab', content: systemFstab(system), mode: 0o644 },
    { path: '/etc/crypttab', content: systemCrypttab(system), mode: 0o600 },
    ...keys,
    ...etc,
    ...Object.entries(system.commands).map(([name, text]) => ({
      path: `/usr/bin/${name}`,
      content: text,
      mode: 0o755,
    })),
    ...personFiles(system),
    ...swapFileUnits(system),
    ...Object.entries(system.netdevs).map(([name, netdev]) => netdevFile(name, netdev)),
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
