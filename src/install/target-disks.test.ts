import { expect, test, vi } from 'vitest'
import type { Confirmation } from '../model/answers.ts'
import { type FakeAnswer, fakeSystem } from '../testing/fake-system.ts'
import { confirmation, ext4Plan, settleLine, zfsPlan } from '../testing/task-context.ts'
import { findOtherDisks, findTargetProblems } from './target-disks.ts'

const ID = '/dev/disk/by-id/virtio-keystone-a'
const VDB = { name: 'vdb', type: 'disk', size: 8589934592, serial: 'keystone-a' }

/** The codes for the one target of the plan, on a machine with these disks and these names. */
async function codes(
  blockdevices: readonly object[],
  links: Record<string, string> = { [ID]: '/dev/vdb' },
  { files = {}, plan = zfsPlan, confirmed = confirmation, zpool = '' } = {} as {
    files?: Record<string, string>
    plan?: typeof zfsPlan
    confirmed?: Confirmation | null
    zpool?: string
  },
) {
  const devices = Object.fromEntries([...new Set(Object.values(links))].map((path) => [path, '']))
  const commands = {
    [settleLine]: '',
    'lsblk -J -b -O': JSON.stringify({ blockdevices }),
    'zpool list -H -v -L -P': zpool,
  }
  const system = fakeSystem({ commands, files: { ...devices, ...files }, links })
  return (await findTargetProblems(system, plan, confirmed)).map(({ code, message }) => [code, message])
}

test('the same disk, free, is no problem, whatever its neighbours hold', async () => {
  const neighbour = { name: 'vda', type: 'disk', size: 1, mountpoints: ['/'], serial: 'x' }
  expect(await codes([neighbour, VDB])).toEqual([])
})

test('a name that leads to another disk now is not followed', async () => {
  const other = { name: 'vdc', type: 'disk', size: 17179869184, serial: 'keystone-c' }
  expect((await codes([VDB, other], { [ID]: '/dev/vdc' })).map(([code]) => code)).toEqual([
    'disk-size-changed',
    'disk-serial-changed',
  ])
})

test('a name that leads to a disk of the same size and serial in another place is not followed either', async () => {
  const confirmed = { disks: [{ id: ID, serial: 'keystone-a', sizeBytes: 8589934592, path: '/dev/vdb' }] }
  const moved = { ...VDB, name: 'vdc' }
  expect(await codes([moved], { [ID]: '/dev/vdc' }, { confirmed })).toEqual([
    ['disk-moved', `the disk ${ID} was /dev/vdb when it was confirmed and is /dev/vdc now`],
  ])
  expect(await codes([VDB], { [ID]: '/dev/vdb' }, { confirmed })).toEqual([])
})

test('whoever has another disk in its place is sent to a fresh look, for the pages show what was there at the start', async () => {
  const lsblk = JSON.stringify({ blockdevices: [{ ...VDB, serial: 'keystone-c' }] })
  const commands = { [settleLine]: '', 'lsblk -J -b -O': lsblk }
  const system = fakeSystem({ commands, files: { '/dev/vdb': '' }, links: { [ID]: '/dev/vdb' } })
  expect((await findTargetProblems(system, zfsPlan, confirmation)).map(({ hint }) => hint)).toEqual([
    'it is another disk than the one you chose: start Keystone again, so that it looks at all disks anew',
  ])
})

test('a disk that was swapped a moment ago is seen, because udev is waited for first', async () => {
  let serial = 'keystone-a'
  const system = fakeSystem({
    commands: {
      [settleLine]: () => {
        serial = 'keystone-c'
        return ''
      },
      'lsblk -J -b -O': () => JSON.stringify({ blockdevices: [{ ...VDB, serial }] }),
    },
    files: { '/dev/vdb': '' },
    links: { [ID]: '/dev/vdb' },
  })
  const problems = await findTargetProblems(system, zfsPlan, confirmation)
  expect(problems.map(({ code }) => code)).toEqual(['disk-serial-changed'])
  expect(system.calls()[0]?.options.timeoutMs).toBe(15_000)
})

test.each<[string, FakeAnswer]>([
  ['is still busy when the time is over', { exitCode: 1 }],
  ['is not there', { missing: true }],
])('the disks are judged as they are where udev %s', async (_, answer) => {
  const lsblk = JSON.stringify({ blockdevices: [VDB] })
  const commands = { [settleLine]: answer, 'lsblk -J -b -O': lsblk }
  const system = fakeSystem({ commands, files: { '/dev/vdb': '' }, links: { [ID]: '/dev/vdb' } })
  expect(await findTargetProblems(system, zfsPlan, confirmation)).toEqual([])
})

test('a second disk with the same serial takes the name its meaning', async () => {
  expect(await codes([VDB, { ...VDB, name: 'vdc' }])).toEqual([
    ['disk-not-unique', `the name ${ID} could mean vdc as well: model, serial or WWN are the same`],
  ])
})

test('a name that is gone, leads nowhere, or leads to a partition is a disk that is gone', async () => {
  expect(await codes([VDB], {})).toEqual([['disk-gone', `the disk ${ID} is not there any more`]])
  expect((await codes([VDB], { [ID]: '/dev/vdz' })).map(([code]) => code)).toEqual(['disk-gone'])
  const parent = { ...VDB, children: [{ name: 'vdb1', type: 'part', size: 8589934592, serial: 'keystone-a' }] }
  expect((await codes([parent], { [ID]: '/dev/vdb1' })).map(([code]) => code)).toEqual(['disk-gone'])
})

test.each([
  ['mounted at /data', { mountpoints: ['/data'] }],
  ['swap in use', { children: [{ name: 'vdb2', type: 'part', mountpoints: ['[SWAP]'] }] }],
  ['holds the open encrypted device luks', { children: [{ name: 'luks', type: 'crypt' }] }],
  ['part of the running RAID md127', { children: [{ name: 'md127', type: 'raid1' }] }],
  ['part of the bcache device bcache0', { children: [{ name: 'bcache0', type: 'disk' }] }],
  ['one path to the multipath device mpatha', { children: [{ name: 'mpatha', type: 'mpath' }] }],
])('what has come into use since is not erased: %s', async (use, fields) => {
  expect(await codes([{ ...VDB, ...fields }])).toEqual([['disk-in-use', `the disk ${ID} is in use: ${use}`]])
})

test('a pool that was imported since holds its disk', async () => {
  const member = { ...VDB, children: [{ name: 'vdb1', type: 'part', fstype: 'zfs_member', label: 'tank' }] }
  const files = { '/proc/spl/kstat/zfs/tank/state': 'ONLINE\n' }
  const zpool = 'tank\t8G\n\t/dev/vdb1\t8G\n'
  expect(await codes([member], undefined, { files, zpool })).toEqual([
    ['disk-in-use', `the disk ${ID} is in use: part of the imported ZFS pool tank`],
  ])
})

test('the disk that the running system came from is not erased, even when nothing is mounted from it', async () => {
  const files = { '/proc/cmdline': 'init=/x copytoram keystone.medium=KEYSTONE\n' }
  const stick = { ...VDB, fstype: 'iso9660', label: 'KEYSTONE' }
  expect(await codes([stick], undefined, { files })).toEqual([
    ['disk-is-boot-medium', `this system was started from the disk ${ID}`],
  ])
})

test('two names of the plan that lead to one disk are refused', async () => {
  const [first] = zfsPlan.storage.disks
  if (!first) throw new Error('the plan has no disk')
  const alias = '/dev/disk/by-id/wwn-0x5000c500a1b2c3d4'
  const disks = [first, { ...first, key: 'b', id: alias }]
  const plan = { ...zfsPlan, storage: { ...zfsPlan.storage, disks } }
  expect(await codes([VDB], { [ID]: '/dev/vdb', [alias]: '/dev/vdb' }, { plan })).toEqual([
    ['disk-named-twice', `${ID} and ${alias} are the same disk, /dev/vdb`],
  ])
})

test('another disk with a partition of a name that the new system takes would be formatted in its place', async () => {
  const old = (partlabel: string) => ({
    name: 'vdc',
    type: 'disk',
    size: 1,
    children: [{ name: 'vdc3', type: 'part', partlabel }],
  })
  const problem = ['partition-name-taken', expect.stringContaining('vdc has a partition called disk-a-root')]
  expect(await codes([VDB, old('disk-a-root')], undefined, { plan: ext4Plan })).toEqual([problem])
  expect(await codes([VDB, old('disk-b-root')], undefined, { plan: ext4Plan })).toEqual([])
  expect(await codes([VDB, old('disk-a-photos')], undefined, { plan: ext4Plan })).toEqual([])
  // The target itself is wiped first.
  const again = { ...VDB, children: [{ name: 'vdb3', type: 'part', partlabel: 'disk-a-root' }] }
  expect(await codes([again], undefined, { plan: ext4Plan })).toEqual([])
})

test('another disk with a pool of the same name would stand in the way at boot', async () => {
  const old = { name: 'vdc', type: 'disk', size: 1, children: [{ name: 'vdc1', fstype: 'zfs_member', label: 'rpool' }] }
  expect((await codes([VDB, old])).map(([code]) => code)).toEqual(['pool-name-taken'])
  expect(await codes([VDB, old], undefined, { plan: ext4Plan })).toEqual([])
})

test('without an answer of lsblk nothing is taken for granted', async () => {
  const system = fakeSystem({ commands: { [settleLine]: '', 'lsblk *': { exitCode: 1 } } })
  const problems = await findTargetProblems(system, zfsPlan, confirmation)
  expect(problems.map(({ code }) => code)).toEqual(['cannot-read-disks'])
})

const MIB = 1048576
/** What a disk gives where it can be read, and null elsewhere. */
async function readable(canRead: (start: number) => boolean) {
  const reads: (readonly [number, number])[] = []
  const system = fakeSystem({
    commands: { [settleLine]: '', 'lsblk -J -b -O': JSON.stringify({ blockdevices: [VDB] }) },
    files: { '/dev/vdb': '' },
    links: { [ID]: '/dev/vdb' },
    disks: {
      '/dev/vdb': ({ start, length }) => {
        reads.push([start, length])
        return canRead(start) ? new Uint8Array(length) : null
      },
    },
  })
  const problems = await findTargetProblems(system, zfsPlan, confirmation)
  return { reads, found: problems.map(({ code, message }) => [code, message]) }
}

test('both ends of a disk are read before anything is erased', async () => {
  expect(await readable(() => true)).toEqual({
    reads: [
      [0, MIB],
      [8589934592 - MIB, MIB],
    ],
    found: [],
  })
  expect((await readable(() => false)).found).toEqual([
    ['disk-unreadable', `the disk ${ID} cannot be read at its beginning`],
  ])
})

test('a disk that cannot be read at its end is smaller than it says', async () => {
  expect((await readable((start) => start === 0)).found).toEqual([
    [
      'disk-smaller-than-it-says',
      `the disk ${ID} says it has 8 GiB (8589934592 bytes), but it cannot be read at its end`,
    ],
  ])
})

test('a disk that is held is still the same disk', async () => {
  const at = async (fields: object) => {
    const commands = {
      [settleLine]: '',
      'lsblk -J -b -O': JSON.stringify({ blockdevices: [{ ...VDB, ...fields }] }),
    }
    const system = fakeSystem({ commands, files: { '/dev/vdb': '' }, links: { [ID]: '/dev/vdb' } })
    return (await findOtherDisks(system, zfsPlan)).map(({ code }) => code)
  }
  expect(await at({ mountpoints: ['/mnt'] })).toEqual([])
  expect(await at({ serial: 'other' })).toEqual(['disk-serial-changed'])
  expect(await at({ ro: true })).toEqual(['disk-read-only'])
})

test('a disk that is swapped while the disks are read is seen', async () => {
  let serial = 'keystone-a'
  const system = fakeSystem({
    commands: { [settleLine]: '', 'lsblk -J -b -O': () => JSON.stringify({ blockdevices: [{ ...VDB, serial }] }) },
    files: { '/dev/vdb': '' },
    links: { [ID]: '/dev/vdb' },
    disks: {
      '/dev/vdb': ({ length }) => {
        serial = 'keystone-c'
        return new Uint8Array(length)
      },
    },
  })
  expect((await findTargetProblems(system, zfsPlan, confirmation)).map(({ code }) => code)).toEqual([
    'disk-serial-changed',
  ])
})

test('a disk in use comes with what ends its use', async () => {
  const luks = { name: 'luks', type: 'crypt', mountpoints: ['/data'] }
  const used = { ...VDB, children: [{ name: 'vdb1', type: 'part', children: [luks] }] }
  const commands = { [settleLine]: '', 'lsblk -J -b -O': JSON.stringify({ blockdevices: [used] }) }
  const system = fakeSystem({ commands, files: { '/dev/vdb': '' }, links: { [ID]: '/dev/vdb' } })
  expect((await findTargetProblems(system, zfsPlan, confirmation)).map(({ hint }) => hint)).toEqual([
    'if nobody needs it, end that in a shell: `umount /data`, then `cryptsetup close luks`; then retry',
  ])
})

test('a disk that does not answer is not waited for without end', async () => {
  vi.useFakeTimers()
  try {
    const commands = { [settleLine]: '', 'lsblk -J -b -O': JSON.stringify({ blockdevices: [VDB] }) }
    const system = fakeSystem({ commands, files: { '/dev/vdb': '' }, links: { [ID]: '/dev/vdb' } })
    const silent = { ...system, readBytes: () => new Promise<null>(() => {}) }
    const problems = findTargetProblems(silent, zfsPlan, confirmation)
    await vi.advanceTimersByTimeAsync(60_000)
    expect((await problems).map(({ code }) => code)).toEqual(['disk-unreadable'])
  } finally {
    vi.useRealTimers()
  }
})
