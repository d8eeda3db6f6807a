import { expect, test } from 'vitest'
import { findBootMedia } from './boot-medium.ts'
import type { RunningSystem } from './disk-use.ts'
import { type BlockDevice, parseLsblk } from './lsblk.ts'

const QUIET: RunningSystem = {
  kernelCommandLine: '',
  mounts: '',
  pools: [],
  poolDevices: null,
  loopFiles: new Map(),
  volumeGroups: new Map(),
  isVentoy: false,
}

function disk(fields: object, name = 'sda'): BlockDevice {
  const [device] = parseLsblk(JSON.stringify({ blockdevices: [{ name, type: 'disk', ...fields }] })) ?? []
  if (!device) throw new Error('the test wrote no device')
  return device
}
const below = (...children: object[]) => ({ children })
const isOrigin = (one: BlockDevice, all: readonly BlockDevice[], running: RunningSystem) =>
  findBootMedia(all, running).has(one.path)

test.each(['/', '/iso', '/nix/.ro-store', '/run/live/medium', '/cdrom', '/run/archiso/bootmnt'])(
  'a disk mounted at %s is the boot medium',
  (where) => {
    const medium = disk(below({ name: 'sda1', type: 'part', mountpoints: [where] }))
    expect(isOrigin(medium, [medium], QUIET)).toBe(true)
  },
)

test('a disk mounted elsewhere is not the boot medium', () => {
  const data = disk(below({ name: 'sda1', type: 'part', mountpoints: ['/home', '/boot/efi'] }))
  expect(isOrigin(data, [data], QUIET)).toBe(false)
})

test('the disk with the file behind the mounted image is the boot medium', () => {
  const medium = disk(below({ name: 'sda1', type: 'part', mountpoints: ['/findiso'] }))
  const other = disk(below({ name: 'sdb1', type: 'part', mountpoints: ['/mnt'] }), 'sdb')
  const loop = disk({ type: 'loop', mountpoints: ['/nix/.ro-store'] }, 'loop0')
  const running = { ...QUIET, loopFiles: new Map([['loop0', '/findiso/images/nixos.iso']]) }
  expect(isOrigin(medium, [medium, other, loop], running)).toBe(true)
  expect(isOrigin(other, [medium, other, loop], running)).toBe(false)
})

test('a live system in memory still names its medium on the kernel command line', () => {
  const medium = disk(below({ name: 'sda1', type: 'part', fstype: 'iso9660', label: 'nixos-26.05' }))
  const other = disk(below({ name: 'sdb1', type: 'part', label: 'nixos' }), 'sdb')
  const running = { ...QUIET, kernelCommandLine: 'init=/x root=LABEL=nixos-26.05 copytoram\n' }
  expect(isOrigin(medium, [medium, other], running)).toBe(true)
  expect(isOrigin(other, [medium, other], running)).toBe(false)
  expect(isOrigin(other, [other], { ...QUIET, kernelCommandLine: 'noroot=LABEL=nixos' })).toBe(false)
})

test('the live image in memory names its medium by a word of its own', () => {
  const medium = disk({ fstype: 'iso9660', label: 'KEYSTONE_0_1_0' })
  const other = disk(below({ name: 'sdb1', type: 'part', label: 'KEYSTONE' }), 'sdb')
  const running = { ...QUIET, kernelCommandLine: 'init=/x copytoram keystone.medium=KEYSTONE_0_1_0\n' }
  expect(isOrigin(medium, [medium, other], running)).toBe(true)
  expect(isOrigin(other, [medium, other], running)).toBe(false)
})

test('a ZFS root makes its pool a boot medium', () => {
  const member = disk(below({ name: 'sda1', type: 'part', fstype: 'zfs_member', label: 'tank' }))
  const running = { ...QUIET, mounts: 'tank/root / zfs rw 0 0\n', pools: ['tank'], poolDevices: ['/dev/sda1'] }
  expect(isOrigin(member, [member], running)).toBe(true)
  expect(isOrigin(member, [member], { ...running, mounts: 'tank/home /home zfs rw 0 0\n' })).toBe(false)
})

test.each([
  ['root=live:CDLABEL=Fedora-WS rd.live.image', { label: 'Fedora-WS' }],
  ['root=/dev/disk/by-uuid/2026-11-01 quiet', { uuid: '2026-11-01' }],
  ['root=PARTUUID=0a-1', { partuuid: '0a-1' }],
  ['root="LABEL=my\\x20stick"', { label: 'my stick' }],
  ['root=/dev/sda1', {}],
  ['archisobasedir=arch archisosearchuuid=2026-11-01-10-00', { uuid: '2026-11-01-10-00' }],
  ['archisolabel=ARCH_202611', { label: 'ARCH_202611' }],
])('%s names the medium', (kernelCommandLine, fields) => {
  const medium = disk(below({ name: 'sda1', type: 'part', ...fields }))
  const other = disk(below({ name: 'sdb1', type: 'part', label: 'else' }), 'sdb')
  const found = findBootMedia([medium, other], { ...QUIET, kernelCommandLine })
  expect([...found]).toEqual(['/dev/sda'])
})

test('a root that is no device names none', () => {
  const other = disk(below({ name: 'sda1', type: 'part', label: 'VTOYEFI' }))
  for (const kernelCommandLine of ['root=fstab', 'root=tmpfs', '', 'init=/x']) {
    expect(findBootMedia([other], { ...QUIET, kernelCommandLine }).size).toBe(0)
  }
})

test("Ventoy's stick is the medium when Ventoy says that it started this, or when nothing else has the label", () => {
  const stick = disk(
    below(
      { name: 'sda1', type: 'part', label: 'Ventoy', fstype: 'exfat' },
      { name: 'sda2', type: 'part', label: 'VTOYEFI' },
    ),
  )
  const iso = disk({ fstype: 'iso9660', label: 'KEYSTONE_0_1_0' }, 'sdb')
  const named = { ...QUIET, kernelCommandLine: 'keystone.medium=KEYSTONE_0_1_0' }
  expect([...findBootMedia([stick], { ...QUIET, isVentoy: true })]).toEqual(['/dev/sda'])
  expect([...findBootMedia([stick], named)]).toEqual(['/dev/sda'])
  expect([...findBootMedia([stick, iso], named)]).toEqual(['/dev/sdb'])
  expect(findBootMedia([stick], QUIET).size).toBe(0)
})

test('the disks below an overlay and behind a live image with a mapping on it are media', () => {
  const lower = disk(below({ name: 'sda1', type: 'part', mountpoints: ['/media/root-ro'] }))
  const upper = disk(below({ name: 'sdb1', type: 'part', mountpoints: ['/media/root-rw'] }), 'sdb')
  const mounts = 'overlay / overlay rw,lowerdir=/media/root-ro,upperdir=/media/root-rw/overlay,workdir=/x 0 0\n'
  expect([...findBootMedia([lower, upper], { ...QUIET, mounts })]).toEqual(['/dev/sda', '/dev/sdb'])

  const loop = disk({ type: 'loop', children: [{ name: 'live-rw', type: 'dm', mountpoints: ['/'] }] }, 'loop0')
  const stick = disk(below({ name: 'sda1', type: 'part', mountpoints: ['/mnt/stick'] }))
  const running = { ...QUIET, loopFiles: new Map([['loop0', '/mnt/stick/LiveOS/rootfs.img']]) }
  expect([...findBootMedia([loop, stick], running)]).toContain('/dev/sda')
})

test('every disk of a root that spans disks is a medium', () => {
  const member = (name: string, mountpoints: string[]) =>
    disk(below({ name: `${name}1`, type: 'part', fstype: 'btrfs', uuid: 'b-1', mountpoints }), name)
  const disks = [member('sda', ['/']), member('sdb', [])]
  expect([...findBootMedia(disks, QUIET)]).toEqual(['/dev/sda', '/dev/sdb'])
})
