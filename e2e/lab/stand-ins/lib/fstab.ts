import { swapFiles } from './swap-files.ts'
import type { FileSystem, System } from './system.ts'

// NixOS mounts these in the initrd whatever is said about them.
const ALWAYS_IN_INITRD = ['/', '/nix', '/nix/store', '/var', '/var/log', '/var/lib', '/var/lib/nixos', '/etc', '/usr']

const isForInitrd = (mountpoint: string, fs: FileSystem) =>
  fs.neededForBoot === true || ALWAYS_IN_INITRD.includes(mountpoint)

function line(where: string, fs: FileSystem, extra: readonly string[]): string {
  return `${fs.device} ${where} ${fs.fsType} ${[...(fs.options ?? ['defaults']), ...extra].join(',')} 0 0\n`
}

/** The initrd's fstab: what is needed for boot, below /sysroot. */
export function initrdFstab(system: System): string {
  return Object.entries(system.fileSystems)
    .filter(([where, fs]) => isForInitrd(where, fs))
    .map(([where, fs]) => line(where === '/' ? '/sysroot' : `/sysroot${where}`, fs, ['x-initrd.mount']))
    .join('')
}

/** The name that NixOS gives to the mapping of a randomly encrypted swap device. */
function swapName(device: string): string {
  return device.replace(/^\//, '').replaceAll('-', 'x2d').replaceAll('/', '-')
}

const randomSwaps = (system: System) => system.swapDevices.filter(({ randomEncryption }) => randomEncryption?.enable)

/** The installed system's fstab: everything. */
export function systemFstab(system: System): string {
  const mounts = Object.entries(system.fileSystems).map(([where, fs]) =>
    line(where, fs, isForInitrd(where, fs) ? ['x-initrd.mount'] : []),
  )
  const swaps = randomSwaps(system).map(
    ({ device, options }) => `/dev/mapper/${swapName(device)} none swap ${(options ?? ['defaults']).join(',')} 0 0\n`,
  )
  const files = swapFiles(system).map(
    ({ device, options }) => `${device} none swap ${(options ?? ['defaults']).join(',')} 0 0\n`,
  )
  return [...mounts, ...swaps, ...files].join('')
}

/** The installed system's crypttab: swap under a new random key at each boot. */
export function systemCrypttab(system: System): string {
  return randomSwaps(system)
    .map(({ device, options }) => {
      const nofail = options?.includes('nofail') ? ',nofail' : ''
      return `${swapName(device)} ${device} /dev/urandom swap,plain,cipher=aes-xts-plain64,size=512${nofail}\n`
    })
    .join('')
}

/** The initrd's crypttab, as NixOS writes it from boot.initrd.luks.devices. */
export function initrdCrypttab(system: System): string {
  return Object.entries(system.luksDevices)
    .map(([name, { device, allowDiscards, crypttabExtraOpts }]) => {
      const options = [...(crypttabExtraOpts ?? []), ...(allowDiscards ? ['discard'] : [])]
      return `${name} ${device} - ${options.length === 0 ? '-' : options.join(',')}\n`
    })
    .join('')
}
