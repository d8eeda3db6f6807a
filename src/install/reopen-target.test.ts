import { expect, test } from 'vitest'
import { CommandError } from '../system/errors.ts'
import { type FakeAnswer, fakeSystem } from '../testing/fake-system.ts'
import {
  devicesLine,
  ext4Plan,
  mountsAnswer,
  mountsLine,
  noMapping,
  nothingMounted,
  plainPlan,
} from '../testing/task-context.ts'
import { reopenTarget } from './reopen-target.ts'

const ESP = '/dev/disk/by-partlabel/disk-a-esp'
const IMPORT = 'zpool import -N -R /mnt 42'
const FORCED = 'zpool import -f -N -R /mnt 42'

function machine(commands: Record<string, FakeAnswer | readonly FakeAnswer[]> = {}) {
  return fakeSystem({
    commands: {
      [mountsLine]: nothingMounted,
      [devicesLine]: noMapping,
      'zpool list -H -o name': '',
      [`fsck.fat -a ${ESP}`]: '',
      [`fsck.fat -n ${ESP}`]: '',
      [IMPORT]: '',
      ...commands,
    },
  })
}

async function reopen(
  system: ReturnType<typeof machine>,
  plan = plainPlan,
  guids: Record<string, string> = { rpool: '42' },
) {
  const logged: string[] = []
  await reopenTarget(system, { plan, guids, log: (line) => logged.push(line) })
  return logged
}

test('an esp that fsck has mended is kept; one beyond repair is formatted', async () => {
  const mended = machine({ [`fsck.fat -a ${ESP}`]: { exitCode: 1 } })
  expect(await reopen(mended)).toEqual([])
  expect(mended.runs()).toEqual([`fsck.fat -a ${ESP}`, IMPORT])
  const broken = machine({
    [`fsck.fat -a ${ESP}`]: { exitCode: 1 },
    [`fsck.fat -n ${ESP}`]: { exitCode: 1 },
    [`mkfs.vfat ${ESP}`]: '',
  })
  expect(await reopen(broken)).toEqual([
    `${ESP} is damaged and is formatted again; what belongs on it is written again`,
  ])
  expect(broken.runs()).toEqual([`fsck.fat -a ${ESP}`, `mkfs.vfat ${ESP}`, IMPORT])
})

test('an esp whose name leads to a disk of nobody is neither mended nor formatted', async () => {
  const elsewhere = fakeSystem({
    commands: { [mountsLine]: nothingMounted, [devicesLine]: noMapping, 'zpool list -H -o name': '' },
    files: { '/dev/vdb': '', '/dev/vdc1': '' },
    links: { '/dev/disk/by-id/virtio-keystone-a': '/dev/vdb', [ESP]: '/dev/vdc1' },
  })
  await expect(reopen(elsewhere)).rejects.toMatchObject({
    message: 'the name /dev/disk/by-partlabel/disk-a-esp leads to /dev/vdc1, which is on none of the disks of the plan',
  })
  expect(elsewhere.runs()).toEqual([])
})

test('an esp that is not there is not made up', async () => {
  const system = machine({ [`fsck.fat -a ${ESP}`]: { exitCode: 6 } })
  await expect(reopen(system)).rejects.toBeInstanceOf(CommandError)
  expect(system.runs()).toEqual([`fsck.fat -a ${ESP}`])
})

test('a pool of another host id is taken by its guid, and never by its name', async () => {
  const foreign = machine({ [IMPORT]: { exitCode: 1 }, [FORCED]: '' })
  expect(await reopen(foreign)).toEqual([
    'the pool rpool was not exported by the one who had it last; it is the pool of this install, so it is taken',
  ])
  expect(foreign.runs().slice(-2)).toEqual([IMPORT, FORCED])
  const unknown = machine({ 'zpool import -N -R /mnt rpool': { exitCode: 1 } })
  await expect(reopen(unknown, plainPlan, {})).rejects.toBeInstanceOf(CommandError)
  expect(unknown.runs().some((line) => line.includes('-f'))).toBe(false)
})

test('what is half open is closed first', async () => {
  const system = machine({
    [mountsLine]: mountsAnswer(['/mnt', 'rpool/system/root', 'zfs']),
    'zpool list -H -o name': ['rpool\n', ''],
    'umount -R /mnt': '',
    'zpool export rpool': '',
  })
  await reopen(system)
  expect(system.runs()).toEqual(['umount -R /mnt', 'zpool export rpool', `fsck.fat -a ${ESP}`, IMPORT])
})

test('the passphrase is tried before anything is opened for good', async () => {
  const device = '/dev/disk/by-partlabel/disk-a-root'
  const opens = `cryptsetup open --test-passphrase --key-file /run/keystone/passphrase ${device}`
  await reopen(machine({ [opens]: '' }), ext4Plan)
  await expect(reopen(machine({ [opens]: { exitCode: 2 } }), ext4Plan)).rejects.toMatchObject({
    name: 'UserError',
    message: 'the passphrase does not open the disks that the install was begun on',
    problems: [{ code: 'passphrase-refused' }],
  })
  // No LUKS device at all: that is no wrong passphrase, and nobody is asked for another.
  await expect(reopen(machine({ [opens]: { exitCode: 4 } }), ext4Plan)).rejects.toBeInstanceOf(CommandError)
})
