import { expect, test } from 'vitest'
import { type FakeAnswer, fakeSystem } from '../testing/fake-system.ts'
import {
  deviceFiles,
  devicesLine,
  ext4Plan,
  links,
  lsblkAnswer,
  lsblkLine,
  mountsAnswer,
  mountsLine,
  noMapping,
  nothingMounted,
  openMapping,
  settleLine,
  taskContext,
  zfsMounted,
} from '../testing/task-context.ts'
import { preflight } from './preflight.ts'

const NEEDED = [
  'cryptsetup',
  'disko',
  'findmnt',
  'fsck.fat',
  'lsblk',
  'mkfs.vfat',
  'mkpasswd',
  'nix',
  'nixos-generate-config',
  'nixos-install',
  'sync',
  'systemd-cryptenroll',
  'udevadm',
  'umount',
  'wipefs',
  'zfs',
  'zpool',
]

function machine(
  changes: Record<string, FakeAnswer> = {},
  files: Record<string, string> = {},
  absent: readonly string[] = [],
) {
  return fakeSystem({
    absent,
    commands: {
      [settleLine]: '',
      [lsblkLine]: lsblkAnswer(),
      [devicesLine]: noMapping,
      [mountsLine]: nothingMounted,
      'zpool list -H -o name': '',
      ...changes,
    },
    files: {
      '/proc/self/status': 'Name:\tnode\nUid:\t0\t0\t0\t0\n',
      '/sys/firmware/efi/fw_platform_size': '64',
      '/dev/tpmrm0': '',
      ...deviceFiles,
      ...files,
    },
    links,
  })
}

const findings = async (system: ReturnType<typeof machine>, changes = {}) =>
  (await preflight.verify(taskContext(system, changes))).map(({ code, message }) => [code, message])

test('finds nothing on a machine that is as it was planned for, and changes nothing', async () => {
  const system = machine()
  expect(await findings(system)).toEqual([])
  expect(system.runs()).toEqual([])
})

test('says alone that root is missing', async () => {
  const system = machine({}, { '/proc/self/status': 'Uid:\t1000\t1000\t1000\t1000\n' })
  expect(await findings(system)).toEqual([['not-root', 'an installation needs root, because it writes to disks']])
})

test('tells everything that is in the way at once', async () => {
  const system = fakeSystem({
    absent: ['disko', 'nix'],
    commands: {
      [settleLine]: '',
      [lsblkLine]: lsblkAnswer({ mountpoints: ['/data'] }),
      [devicesLine]: openMapping('credstore'),
      [mountsLine]: mountsAnswer(['/mnt', '/dev/vdc1', 'ext4']),
      'zpool list -H -o name': 'tank\nrpool\n',
    },
    files: { '/proc/self/status': 'Uid:\t0\t0\t0\t0\n', ...deviceFiles },
    links,
  })
  expect(await findings(system)).toEqual([
    ['no-uefi', 'this machine was not started by UEFI'],
    ['no-tpm', 'unlocking by the TPM was chosen, but no TPM2 answers'],
    ['programs-missing', 'these programs are not on this system: disko, nix'],
    ['disk-in-use', 'the disk /dev/disk/by-id/virtio-keystone-a is in use: mounted at /data'],
    ['target-in-use', '/mnt is in use: /mnt'],
    ['mapping-in-use', 'an encrypted device with the name credstore is open'],
    ['pool-in-use', 'a ZFS pool with the name rpool is imported'],
  ])
})

test('notices a disk that is gone, another one, read-only, or has something stacked on it', async () => {
  const at = (answer: FakeAnswer) => findings(machine({ [lsblkLine]: answer }))
  const id = '/dev/disk/by-id/virtio-keystone-a'
  expect(await at({ exitCode: 32, stdout: '' })).toEqual([['disk-gone', `the disk ${id} is not there any more`]])
  expect(await at({ exitCode: 1 })).toMatchObject([['cannot-read-disks', expect.any(String)]])
  expect(await at(lsblkAnswer({ size: 8589934080, serial: 'other' }))).toEqual([
    [
      'disk-size-changed',
      `the disk ${id} had 8 GiB (8589934592 bytes) when it was chosen and 8 GiB (8589934080 bytes) now`,
    ],
    ['disk-serial-changed', `the disk ${id} had the serial keystone-a when it was chosen and other now`],
  ])
  expect(await at(lsblkAnswer({ ro: true }))).toEqual([['disk-read-only', `the disk ${id} is read-only`]])
  const part = { name: 'vdb1', type: 'part', size: 1, serial: null, ro: false, mountpoints: [null] }
  const crypt = { name: 'old', type: 'crypt', size: 1, serial: null, ro: false, mountpoints: ['[SWAP]'] }
  expect(await at(lsblkAnswer({ children: [part, { ...part, children: [crypt] }] }))).toEqual([
    ['disk-in-use', `the disk ${id} is in use: swap in use`],
  ])
})

test('names every program that is missing', async () => {
  expect(await findings(machine({}, {}, NEEDED))).toEqual([
    ['programs-missing', `these programs are not on this system: ${NEEDED.join(', ')}`],
  ])
})

test('does not ask for ZFS or a TPM that the plan does not use', async () => {
  const system = machine({}, {}, ['zfs', 'zpool'])
  expect(await findings(system, { plan: ext4Plan })).toEqual([])
})

test('refuses to let the passphrase pass through a disk', async () => {
  const system = machine({
    [mountsLine]: JSON.stringify({ filesystems: [{ target: '/', source: '/dev/vda2', fstype: 'ext4' }] }),
  })
  expect((await findings(system)).map(([code]) => code)).toEqual(['runtime-not-in-memory'])
})

test('is done on a resume over our own mounts, else to do', async () => {
  expect(await preflight.check(taskContext(machine({ [mountsLine]: zfsMounted })))).toBe('done')
  expect(await preflight.check(taskContext(machine()))).toBe('todo')
})

test('what is not ours is named with the command that ends it', async () => {
  const system = machine({
    [devicesLine]: openMapping('credstore'),
    [mountsLine]: mountsAnswer(['/mnt', '/dev/vdc1', 'ext4']),
    'zpool list -H -o name': 'rpool\n',
  })
  const hints = (await preflight.verify(taskContext(system))).map(({ hint }) => /`(.*)`/.exec(hint ?? '')?.[1])
  expect(hints).toEqual(['umount -R /mnt', 'cryptsetup close credstore', 'zpool export rpool'])
})

test('tells what would end the install in its middle', async () => {
  const system = machine({}, { '/proc/swaps': 'Filename Type Size Used Priority\n/dev/vdc2 partition 1 0 -2\n' })
  expect((await findings(system)).map(([code]) => code)).toEqual(['swap-on-disk'])
})

test('lets go of what an installer that is gone has left, and only of that', async () => {
  const held = machine({
    [mountsLine]: mountsAnswer(['/mnt', '/dev/mapper/cryptroot', 'ext4']),
    'umount -R /mnt': '',
  })
  await preflight.run(taskContext(held, { plan: ext4Plan, leftBy: ext4Plan }))
  expect(held.runs()).toEqual(['umount -R /mnt'])
  const foreign = machine({ [mountsLine]: mountsAnswer(['/mnt', '/dev/mapper/cryptroot', 'ext4']) })
  await preflight.run(taskContext(foreign, { plan: ext4Plan }))
  expect(foreign.runs()).toEqual([])
})
