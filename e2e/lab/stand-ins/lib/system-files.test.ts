import { expect, test } from 'vitest'
import { cpioArchive } from './cpio.ts'
import { initrdCrypttab, initrdFstab, systemCrypttab, systemFstab } from './fstab.ts'
import { labSettings } from './lab-settings.ts'
import { storePath } from './store-path.ts'
import { swapFileUnits } from './swap-files.ts'
import type { System } from './system.ts'
import { serviceFiles, timerFiles } from './units.ts'

const system = {
  fileSystems: {
    '/': { device: 'rpool/crypt/root', fsType: 'zfs' },
    '/boot': { device: '/dev/disk/by-partlabel/disk-a-esp', fsType: 'vfat', options: ['umask=0077', 'nofail'] },
    '/data': { device: 'rpool/crypt/data', fsType: 'zfs', neededForBoot: true },
    '/var': { device: 'rpool/crypt/var', fsType: 'zfs' },
    '/var/lib/etcd': { device: 'rpool/crypt/etcd', fsType: 'zfs' },
  },
  swapDevices: [
    { device: '/dev/disk/by-partlabel/disk-a-swap', options: ['nofail'], randomEncryption: { enable: true } },
  ],
  luksDevices: {
    credstore: { device: '/dev/zvol/rpool/credstore', crypttabExtraOpts: ['tpm2-device=auto', 'tries=0'] },
    cryptroot: { device: '/dev/disk/by-partlabel/disk-a-root', allowDiscards: true },
    plain: { device: '/dev/vda9' },
  },
} as unknown as System

test('the initrd mounts what is needed for boot, below /sysroot', () => {
  expect(initrdFstab(system)).toBe(`rpool/crypt/root /sysroot zfs defaults,x-initrd.mount 0 0
rpool/crypt/data /sysroot/data zfs defaults,x-initrd.mount 0 0
rpool/crypt/var /sysroot/var zfs defaults,x-initrd.mount 0 0
`)
})

test('the system mounts everything and swaps on a mapping with a new key', () => {
  expect(systemFstab(system)).toBe(`rpool/crypt/root / zfs defaults,x-initrd.mount 0 0
/dev/disk/by-partlabel/disk-a-esp /boot vfat umask=0077,nofail 0 0
rpool/crypt/data /data zfs defaults,x-initrd.mount 0 0
rpool/crypt/var /var zfs defaults,x-initrd.mount 0 0
rpool/crypt/etcd /var/lib/etcd zfs defaults 0 0
/dev/mapper/dev-disk-byx2dpartlabel-diskx2dax2dswap none swap nofail 0 0
`)
  expect(systemCrypttab(system)).toBe(
    'dev-disk-byx2dpartlabel-diskx2dax2dswap /dev/disk/by-partlabel/disk-a-swap /dev/urandom swap,plain,cipher=aes-xts-plain64,size=512,nofail\n',
  )
})

test('a swap file is made in its size before it is used', () => {
  const files = { fileSystems: {}, swapDevices: [{ device: '/var/swap-file', size: 2048 }] } as unknown as System
  expect(systemFstab(files)).toBe('/var/swap-file none swap defaults 0 0\n')
  const [unit, script, link] = swapFileUnits(files)
  expect(unit).toMatchObject({
    path: '/etc/systemd/system/mkswap-var-swap\\x2dfile.service',
    content: expect.stringContaining('Before=var-swap\\x2dfile.swap shutdown.target'),
  })
  expect(script).toMatchObject({ content: expect.stringContaining('bytes=$((2048 * 1048576))') })
  expect(link?.path).toBe('/etc/systemd/system/var-swap\\x2dfile.swap.requires/mkswap-var-swap\\x2dfile.service')
})

test('the initrd unlocks with the options that the configuration gives', () => {
  expect(initrdCrypttab(system)).toBe(`credstore /dev/zvol/rpool/credstore - tpm2-device=auto,tries=0
cryptroot /dev/disk/by-partlabel/disk-a-root - discard
plain /dev/vda9 - -
`)
})

test('a service becomes a unit, a script that ends at the first error, and its links', () => {
  const files = serviceFiles('load-key', {
    description: 'Load it',
    after: ['a.service', 'b.service'],
    requiredBy: ['sysroot.mount'],
    unitConfig: { DefaultDependencies: false },
    serviceConfig: { Type: 'oneshot' },
    path: ['/usr', '/usr'],
    script: 'zfs load-key',
  })
  expect(files).toEqual([
    {
      path: '/etc/systemd/system/load-key.service',
      content: `[Unit]
Description=Load it
After=a.service b.service
DefaultDependencies=false

[Service]
Environment="PATH=/usr/bin"
Type=oneshot
ExecStart=/etc/keystone-lab/unit-script-load-key-start
`,
      mode: 0o644,
    },
    {
      path: '/etc/keystone-lab/unit-script-load-key-start',
      content: '#!/usr/bin/bash\nset -e\n\nzfs load-key\n',
      mode: 0o755,
    },
    {
      path: '/etc/systemd/system/sysroot.mount.requires/load-key.service',
      link: '/etc/systemd/system/load-key.service',
    },
  ])
})

test('a service that is switched off is masked, as in NixOS', () => {
  expect(serviceFiles('zfs-import-rpool', { enable: false })).toEqual([
    { path: '/etc/systemd/system/zfs-import-rpool.service', link: '/dev/null' },
  ])
})

test('the archive has the folders first, names with a zero, and ends at 512 bytes', () => {
  const archive = cpioArchive([
    { path: '/etc/fstab', content: 'x\n', mode: 0o644 },
    { path: '/bin/sh', link: 'bash' },
  ])
  expect(archive.length % 512).toBe(0)
  const names = [...archive.toString('latin1').matchAll(/070701[0-9a-f]{104}([^\0]+)\0/g)].map((match) => match[1])
  expect(names).toEqual(['etc', 'bin', 'etc/fstab', 'bin/sh', 'TRAILER!!!'])
  // mode and size of etc/fstab
  expect(archive.toString('latin1')).toContain(`070701${'00000003'}${'000081a4'}`)
})

test('a store path follows from the content and looks like one of Nix', () => {
  expect(storePath('a', 'x')).toBe(storePath('a', 'x'))
  expect(storePath('a', 'x')).not.toBe(storePath('b', 'x'))
  expect(storePath('a', 'x')).toMatch(/^\/nix\/store\/[0-9abcdfghijklmnpqrsvwxyz]{32}-x$/)
})

test('a lab switch comes from the file, and from the environment before that', () => {
  const file = 'KEYSTONE_LAB_CHEAP_PBKDF=1\nPATH=/nowhere\nKEYSTONE_DISKO=/a=b\n'
  expect(labSettings({ PATH: '/bin' }, file)).toEqual({
    PATH: '/bin',
    KEYSTONE_LAB_CHEAP_PBKDF: '1',
    KEYSTONE_DISKO: '/a=b',
  })
  expect(labSettings({ KEYSTONE_DISKO: '/c' }, file).KEYSTONE_DISKO).toBe('/c')
})

test.each([
  ['KEYSTONE_LAB_BUILD_EAT_MIB=4096', 'the lab has no switch KEYSTONE_LAB_BUILD_EAT_MIB'],
  ['KEYSTONE_LAB_BUILD_EATS_MIB=4G', "KEYSTONE_LAB_BUILD_EATS_MIB does not take '4G'"],
  ['KEYSTONE_LAB_FETCH=10.0.2.100', "KEYSTONE_LAB_FETCH does not take '10.0.2.100'"],
  ['KEYSTONE_LAB_INSTALL_FAILS=boot', "KEYSTONE_LAB_INSTALL_FAILS does not take 'boot'"],
  ['KEYSTONE_LAB_NIX_REPLAY=../x:1', "KEYSTONE_LAB_NIX_REPLAY does not take '../x:1'"],
])('a switch that is not there, or a value it does not take, is refused: %s', (line, message) => {
  expect(() => labSettings({}, `KEYSTONE_LAB_CHEAP_PBKDF=1\n${line}\n`)).toThrow(message)
})

test('a timer becomes a unit and its links; the environment of a service stands in its unit', () => {
  expect(timerFiles('scrub', { wantedBy: ['timers.target'], timerConfig: { OnCalendar: 'weekly' } })).toEqual([
    { path: '/etc/systemd/system/scrub.timer', content: '[Timer]\nOnCalendar=weekly\n', mode: 0o644 },
    { path: '/etc/systemd/system/timers.target.wants/scrub.timer', link: '/etc/systemd/system/scrub.timer' },
  ])
  const [unit] = serviceFiles('scrub', { environment: { TZ: 'UTC' }, path: ['/usr'] })
  expect(unit).toMatchObject({ content: '\n[Service]\nEnvironment="PATH=/usr/bin"\nEnvironment="TZ=UTC"\n' })
})
