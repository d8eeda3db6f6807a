import { expect, test } from 'vitest'
import { readRequest as disko } from './disko.ts'
import { readRequest as nix } from './nix.ts'
import { readRequest as nixosEnter } from './nixos-enter.ts'
import { readRequest as generateConfig } from './nixos-generate-config.ts'
import { readRequest as nixosInstall } from './nixos-install.ts'

const FILE = '/run/keystone/disko-config.nix'
const HOST = '/mnt/etc/nixos/hosts/primer'

test('disko takes the three command lines of the installer', () => {
  const line = ['--mode', 'destroy,format,mount', '--yes-wipe-all-disks', '--root-mountpoint', '/mnt', FILE]
  expect(disko(line)).toEqual({ mode: 'destroy,format,mount', root: '/mnt', file: FILE })
  expect(disko(['--mode', 'mount', '--root-mountpoint', '/mnt', FILE])).toMatchObject({ mode: 'mount' })
  expect(disko(['--mode', 'unmount', '--root-mountpoint', '/mnt', FILE])).toMatchObject({ mode: 'unmount' })
})

test.each([
  ['wipes nothing without the flag', ['--mode', 'destroy,format,mount', '--root-mountpoint', '/mnt', FILE], 'Aborted.'],
  ['no mode', ['--root-mountpoint', '/mnt', FILE], 'unknown mode: none given'],
  [
    'a mode of old',
    ['--mode', 'zap_create_mount', '--root-mountpoint', '/mnt', FILE],
    'unknown mode: zap_create_mount',
  ],
  ['an unknown option', ['--mode', 'mount', '--root-mountpoint', '/mnt', '--force', FILE], 'unknown option: --force'],
  ['no file', ['--mode', 'mount', '--root-mountpoint', '/mnt'], 'expected 1 argument(s), got 0'],
  ['two files', ['--mode', 'mount', '--root-mountpoint', '/mnt', FILE, FILE], 'expected 1 argument(s), got 2'],
  ['no root', ['--mode', 'mount', FILE], '--root-mountpoint is missing'],
  ['a value missing', [FILE, '--mode'], 'option --mode needs a value'],
])('disko refuses: %s', (_name, argv, message) => {
  expect(() => disko(argv)).toThrow(message)
})

const BUILD = [
  'build',
  '--store',
  '/mnt',
  '--extra-experimental-features',
  'nix-command flakes',
  '--extra-substituters',
  'auto?trusted=1',
  '--log-format',
  'internal-json',
  ...['--option', 'fsync-store-paths', 'true'],
  '--no-link',
  '--print-out-paths',
  '--verbose',
]
const INSTALLABLE = 'git+file:///mnt/etc/nixos#nixosConfigurations."primer-1".config.system.build.toplevel'

test('nix takes the build of the installer', () => {
  const request = { command: 'build', store: '/mnt', flake: '/mnt/etc/nixos', host: 'primer-1', mayLock: true }
  expect(nix([...BUILD, INSTALLABLE])).toEqual(request)
  expect(nix([...BUILD, '--no-update-lock-file', INSTALLABLE])).toEqual({ ...request, mayLock: false })
})

test.each([
  ['another command', ['eval', ...BUILD.slice(1), INSTALLABLE], "'eval' is not a command"],
  [
    'the live store left out',
    BUILD.filter((word) => !/substituters|auto/.test(word)).concat(INSTALLABLE),
    'the live system would not be asked',
  ],
  [
    'flakes switched off',
    BUILD.map((word) => (word === 'nix-command flakes' ? 'nix-command' : word)).concat(INSTALLABLE),
    'experimental Nix feature',
  ],
  [
    'another log format',
    BUILD.map((word) => (word === 'internal-json' ? 'bar' : word)).concat(INSTALLABLE),
    'internal-json only',
  ],
  [
    'paths that are valid before they are on the disk',
    BUILD.filter((word) => !['--option', 'fsync-store-paths', 'true'].includes(word)).concat(INSTALLABLE),
    'valid before they are on the disk',
  ],
  [
    'another setting',
    BUILD.map((word) => (word === 'fsync-store-paths' ? 'sandbox' : word)).concat(INSTALLABLE),
    'unknown option: --option',
  ],
  ['no --no-link', [...BUILD.filter((word) => word !== '--no-link'), INSTALLABLE], '--no-link is missing'],
  ['a flake that is not in git', [...BUILD, INSTALLABLE.replace('git+file://', 'path:')], 'not an installable'],
  ['a host without quotes', [...BUILD, INSTALLABLE.replaceAll('"', '')], 'not an installable'],
])('nix refuses: %s', (_name, argv, message) => {
  expect(() => nix(argv)).toThrow(message)
})

const VERIFY = ['store', 'verify', '--extra-experimental-features', 'nix-command flakes', '--store', '/mnt']

test('nix verifies a whole store, whoever signed it', () => {
  expect(nix([...VERIFY, '--all', '--no-trust'])).toEqual({ command: 'store verify', store: '/mnt' })
  expect(() => nix([...VERIFY, '--no-trust'])).toThrow('--all is missing')
  expect(() => nix([...VERIFY, '--all'])).toThrow('--no-trust is missing')
  expect(() => nix(['store', 'gc'])).toThrow("'store' is not a command")
})

const SYSTEM = '/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos-system-primer-26.05'

const FLUSHED = ['--option', 'fsync-store-paths', 'true']

test('nixos-install takes the one line of the installer', () => {
  const line = ['--root', '/mnt', '--system', SYSTEM, '--no-root-passwd', '--no-channel-copy', ...FLUSHED]
  expect(nixosInstall(line)).toEqual({ root: '/mnt', path: SYSTEM })
})

test.each([
  [
    'it would ask for a password',
    ['--root', '/mnt', '--system', SYSTEM, '--no-channel-copy'],
    '--no-root-passwd is missing',
  ],
  [
    'a path of the live system',
    ['--root', '/mnt', '--system', '/mnt/system', '--no-root-passwd', '--no-channel-copy', ...FLUSHED],
    'not a store path',
  ],
  [
    'an option that does not exist',
    ['--root', '/mnt', '--system', SYSTEM, '--no-root-passwd', '--no-channel-copy', '--log-format', 'raw'],
    'unknown option: --log-format',
  ],
  [
    'paths that are valid before they are on the disk',
    ['--root', '/mnt', '--system', SYSTEM, '--no-root-passwd', '--no-channel-copy'],
    'valid before they are on the disk',
  ],
  ['nothing', [], '--no-root-passwd is missing'],
])('nixos-install refuses: %s', (_name, argv, message) => {
  expect(() => nixosInstall(argv)).toThrow(message)
})

test('nixos-generate-config wants the root, a folder in it and no file systems', () => {
  const line = ['--root', '/mnt', '--no-filesystems', '--dir', HOST]
  expect(generateConfig(line)).toEqual({ root: '/mnt', folder: HOST })
  expect(() => generateConfig(['--root', '/mnt', '--dir', HOST])).toThrow('--no-filesystems is missing')
  expect(() => generateConfig([...line, '--force'])).toThrow('unknown option: --force')
  // As on the real one: it would write into the live system.
  expect(() => generateConfig([...line.slice(0, -1), '/etc/nixos/hosts/primer'])).toThrow('must lie below /mnt')
})

test('nixos-enter runs one command in one root', () => {
  expect(nixosEnter(['--root', '/mnt', '-c', 'id'])).toEqual({ root: '/mnt', command: 'id' })
  expect(() => nixosEnter(['--root', '/mnt'])).toThrow('--root and -c are needed')
})
