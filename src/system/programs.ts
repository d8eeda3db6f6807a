/** Every program we call, named once. A test holds this list against the lab image and the ISO. */
export const programs = {
  bootctl: 'bootctl',
  chown: 'chown',
  cryptsetup: 'cryptsetup',
  disko: 'disko',
  findmnt: 'findmnt',
  git: 'git',
  ip: 'ip',
  lsblk: 'lsblk',
  mkpasswd: 'mkpasswd',
  mount: 'mount',
  nix: 'nix',
  nixosEnter: 'nixos-enter',
  nixosGenerateConfig: 'nixos-generate-config',
  nixosInstall: 'nixos-install',
  swapoff: 'swapoff',
  sync: 'sync',
  systemctl: 'systemctl',
  systemdCryptenroll: 'systemd-cryptenroll',
  udevadm: 'udevadm',
  umount: 'umount',
  xorriso: 'xorriso',
  zfs: 'zfs',
  zpool: 'zpool',
} as const

export type Program = (typeof programs)[keyof typeof programs]
