import { expect, test } from 'vitest'
import { Bug, UserError } from '../system/errors.ts'
import { type FakeAnswer, fakeSystem } from '../testing/fake-system.ts'
import {
  confirmationOfBoth,
  dataPoolPlan,
  deviceFiles,
  devicesLine,
  ext4Mounted,
  ext4Plan,
  links,
  lsblkAnswer,
  lsblkLine,
  mountsAnswer,
  mountsLine,
  noMapping,
  nothingMounted,
  openMapping,
  plainPlan,
  secrets,
  settleLine,
  taskContext,
  zfsMounted,
  zfsPlan,
} from '../testing/task-context.ts'
import { partition } from './partition.ts'

const DISKO =
  'disko --mode destroy,format,mount --yes-wipe-all-disks --root-mountpoint /mnt /run/keystone/disko-config.nix'

/** A disk with its new table, and no pool besides ours. */
const onlyNew = { 'wipefs *': '{"signatures":[{"type":"gpt","label":null}]}', 'zpool import': { exitCode: 1 } }

const machine = (commands: Record<string, FakeAnswer | readonly FakeAnswer[]> = {}) =>
  fakeSystem({
    commands: {
      [settleLine]: '',
      [lsblkLine]: lsblkAnswer(),
      [DISKO]: '',
      'zpool get -H -o value guid rpool': '1234567890\n',
      ...onlyNew,
      ...commands,
    },
    files: deviceFiles,
    links,
  })

test('hands disko the layout and the passphrase by files that only root can read', async () => {
  let whileDiskoRuns = new Map()
  const system = machine({
    [DISKO]: () => {
      whileDiskoRuns = new Map(system.written())
      return ''
    },
  })
  await partition.run(taskContext(system))
  expect(system.runs()).toEqual([DISKO])
  expect(system.madeDirectories().get('/run/keystone')).toBe(0o700)
  expect(whileDiskoRuns.get('/run/keystone/passphrase')).toEqual({
    content: 'correct horse battery',
    mode: 0o600,
    wasSecret: true,
  })
  expect(whileDiskoRuns.get('/run/keystone/disko-config.nix')).toEqual({
    content: '{ disko = 1; }\n',
    mode: 0o600,
    wasSecret: false,
  })
  expect(system.written().has('/run/keystone/passphrase')).toBe(false)
})

test('looks at the disk after everything else and right before the wipe', async () => {
  const system = machine()
  await partition.run(taskContext(system))
  expect(
    system
      .calls()
      .map((call) => call.line)
      .slice(1, 7),
    // Once more for the partitions that have labels of a pool.
  ).toEqual([settleLine, lsblkLine, settleLine, lsblkLine, lsblkLine, DISKO])
})

test('erases nothing without the typed confirmation', async () => {
  const system = machine()
  await expect(partition.run(taskContext(system, { confirmation: null }))).rejects.toBeInstanceOf(UserError)
  expect(system.runs()).toEqual([])
})

test.each([
  ['another serial', { serial: 'other' }, 'disk-serial-changed'],
  ['another size', { size: 4 }, 'disk-size-changed'],
  ['something mounted', { mountpoints: ['/data'] }, 'disk-in-use'],
  ['a mapping on it', { children: [{ name: 'old', type: 'crypt' }] }, 'disk-in-use'],
  ['write protection', { ro: true }, 'disk-read-only'],
])('erases nothing when the disk has %s now', async (_, change, code) => {
  const system = machine({ [lsblkLine]: lsblkAnswer(change) })
  await expect(partition.run(taskContext(system))).rejects.toMatchObject({ problems: [{ code }] })
  expect(system.runs()).toEqual([])
})

test.each([
  ['another disk', { id: '/dev/disk/by-id/virtio-keystone-b', serial: 'keystone-a', sizeBytes: 8589934592 }],
  ['another serial', { id: '/dev/disk/by-id/virtio-keystone-a', serial: null, sizeBytes: 8589934592 }],
  ['another size', { id: '/dev/disk/by-id/virtio-keystone-a', serial: 'keystone-a', sizeBytes: 1 }],
])('erases nothing when %s was confirmed', async (_, disk) => {
  const system = machine()
  await expect(partition.run(taskContext(system, { confirmation: { disks: [disk] } }))).rejects.toMatchObject({
    problems: [{ code: 'other-disks-confirmed' }],
  })
  expect(system.runs()).toEqual([])
})

test('without a rendered layout it is a bug, and nothing is erased', async () => {
  const system = machine()
  await expect(partition.run(taskContext(system, { files: [] }))).rejects.toBeInstanceOf(Bug)
  expect(system.runs()).toEqual([])
})

test('is kept when everything is mounted from where it should come', async () => {
  const system = machine({ [mountsLine]: zfsMounted })
  expect(await partition.verify(taskContext(system))).toEqual([])
  expect(await partition.check(taskContext(system))).toBe('done')
  const ext4 = taskContext(machine({ [mountsLine]: ext4Mounted }), { plan: ext4Plan })
  expect(await partition.verify(ext4)).toEqual([])
})

test('is not kept when something old outlived the wipe', async () => {
  const old = '{"signatures":[{"type":"gpt","label":null},{"type":"linux_raid_member","label":null}]}'
  const system = machine({ [mountsLine]: zfsMounted, 'wipefs --no-act --json /dev/vdb': old })
  expect((await partition.verify(taskContext(system))).map(({ code }) => code)).toEqual(['old-signature-left'])
})

test('is not kept when a mount is missing or comes from elsewhere', async () => {
  const mounted = mountsAnswer(['/mnt', 'tank/root', 'zfs'], ['/mnt/boot', '/dev/vdc1', 'vfat'])
  const problems = await partition.verify(taskContext(machine({ [mountsLine]: mounted })))
  expect(problems.map(({ message }) => message)).toEqual([
    '/mnt should come from rpool/crypt/root (zfs), but it is tank/root (zfs)',
    'nothing is mounted at /mnt/nix',
    '/mnt/boot should come from /dev/disk/by-partlabel/disk-a-esp (vfat), but it is /dev/vdc1 (vfat)',
  ])
})

test('undo lets go of what a broken run left, and of nothing else', async () => {
  const system = machine({
    [mountsLine]: mountsAnswer(
      ['/run/keystone-credstore', '/dev/mapper/credstore', 'ext4'],
      ['/mnt', 'rpool/crypt/root', 'zfs'],
      ['/mnt/nix', 'rpool/crypt/nix', 'zfs'],
    ),
    [devicesLine]: [openMapping('credstore'), noMapping],
    'zpool list -H -o name': 'tank\nrpool\n',
    'umount -R /mnt': '',
    'umount -R /run/keystone-credstore': '',
    'cryptsetup close credstore': '',
    'udevadm settle --timeout=30': '',
    'zpool export rpool': '',
  })
  await system.writeFile('/run/keystone/passphrase', 'x', { mode: 0o600 })
  await partition.undo?.(taskContext(system))
  expect(system.removed()).toEqual(['/run/keystone/passphrase'])
  expect(system.runs()).toEqual([
    'umount -R /mnt',
    'umount -R /run/keystone-credstore',
    'cryptsetup close credstore',
    'udevadm settle --timeout=30',
    devicesLine,
    'zpool export rpool',
  ])
})

test('undo removes the PIN of the TPM too', async () => {
  const system = machine({ [mountsLine]: nothingMounted, [devicesLine]: noMapping, 'zpool list -H -o name': '' })
  const pin = '/run/keystone/credentials/cryptenroll.new-tpm2-pin'
  for (const path of ['/run/keystone/passphrase', pin]) await system.writeFile(path, 'x', { mode: 0o600 })
  await partition.undo?.(taskContext(system, { plan: { ...zfsPlan, unlock: 'tpm-pin' } }))
  expect([...system.written().keys()]).toEqual([])
})

test('undo does nothing where nothing was begun', async () => {
  const system = machine({
    [mountsLine]: nothingMounted,
    [devicesLine]: noMapping,
    'zpool list -H -o name': '',
  })
  await partition.undo?.(taskContext(system))
  expect(system.runs()).toEqual([])
})

test('leaves the guid of the pool, by which it is told from any other of that name', async () => {
  expect(await partition.run(taskContext(machine()))).toEqual({ rpool: '1234567890' })
})

const ESP = '/dev/disk/by-partlabel/disk-a-esp'
const MOUNT = 'disko --mode mount --root-mountpoint /mnt /run/keystone/disko-config.nix'
const OPENS = 'cryptsetup open --test-passphrase --key-file /run/keystone/passphrase /dev/zvol/rpool/credstore'
const WAIT = 'udevadm wait --timeout=30 /dev/zvol/rpool/credstore'
const nothingHeld = { [mountsLine]: nothingMounted, [devicesLine]: noMapping, 'zpool list -H -o name': '' }
const reopened = {
  ...nothingHeld,
  [`fsck.fat -a ${ESP}`]: { exitCode: 1 },
  [`fsck.fat -n ${ESP}`]: '',
  'zpool import -N -R /mnt 1234567890': '',
  [WAIT]: '',
  [OPENS]: '',
  [MOUNT]: '',
}
const formatted = { confirmation: null, outputs: { partition: { rpool: '1234567890' } } }

test('restore mends, imports and mounts what is formatted already, and wipes nothing', async () => {
  const system = machine(reopened)
  await partition.restore?.(taskContext(system, formatted))
  expect(system.runs()).toEqual([`fsck.fat -a ${ESP}`, 'zpool import -N -R /mnt 1234567890', WAIT, MOUNT])
  expect(system.written().has('/run/keystone/passphrase')).toBe(false)
})

test('restore stops at a wrong passphrase, which is for a person to put right', async () => {
  const system = machine({ ...reopened, [OPENS]: { exitCode: 2 } })
  await expect(partition.restore?.(taskContext(system, formatted))).rejects.toBeInstanceOf(UserError)
  expect(system.runs()).not.toContain(MOUNT)
  expect(system.written().has('/run/keystone/passphrase')).toBe(false)
})

test('a system that was started since is not gone on with: it would be written over', async () => {
  const system = fakeSystem({
    commands: { [settleLine]: '', [lsblkLine]: lsblkAnswer(), ...reopened },
    files: { ...deviceFiles, '/mnt/var/lib/systemd/random-seed': 'x' },
    links,
  })
  await expect(partition.restore?.(taskContext(system, formatted))).rejects.toMatchObject({
    name: 'UserError',
    message: 'the system on these disks has been started since: it is in use, and to go on would write over it',
  })
})

test('restore touches nothing on another disk than the one of the plan', async () => {
  const system = machine({ ...reopened, [lsblkLine]: lsblkAnswer({ serial: 'other' }) })
  await expect(partition.restore?.(taskContext(system, formatted))).rejects.toMatchObject({
    problems: [{ code: 'disk-serial-changed' }],
  })
  expect(system.runs()).toEqual([])
})

test('a disk that forgets what was written to its end is found by its second partition table', async () => {
  const at = (table: Uint8Array | null) =>
    partition.verify(
      taskContext(
        fakeSystem({
          commands: { [mountsLine]: zfsMounted, [lsblkLine]: lsblkAnswer(), ...onlyNew },
          files: deviceFiles,
          links,
          disks: { '/dev/vdb': ({ start }) => (start === 8589934592 - 512 ? table : null) },
        }),
      ),
    )
  expect(await at(new TextEncoder().encode('EFI PART'))).toEqual([])
  expect((await at(new Uint8Array(8))).map(({ code }) => code)).toEqual(['disk-smaller-than-it-says'])
  expect((await at(null)).map(({ code }) => code)).toEqual(['disk-smaller-than-it-says'])
})

test('without encryption no passphrase is written; with it, none is a bug', async () => {
  const system = machine()
  await partition.run(taskContext(system, { plan: plainPlan, secrets: { ...secrets, passphrase: null } }))
  expect(system.runs()).toEqual([DISKO])
  expect([...system.written().keys()]).toEqual(['/run/keystone/disko-config.nix'])
  const forgotten = taskContext(machine(), { secrets: { ...secrets, passphrase: null } })
  await expect(partition.run(forgotten)).rejects.toBeInstanceOf(Bug)
})

const KEY = '/run/keystone/data-pool.key'
const KEPT = '/mnt/var/lib/keystone/secrets/data-pool.key'
const COPY = `cp ${KEY} ${KEPT}`
const bothDisks = lsblkAnswer(
  {},
  { name: 'vdc', type: 'disk', size: 8589934592, serial: 'keystone-b', ro: false, mountpoints: [null] },
)

const bothMounted = zfsMounted.replace(']}', ',{"target":"/mnt/data","source":"data/crypt/files","fstype":"zfs"}]}')
const reopenedBoth = {
  ...reopened,
  'zpool import -N -R /mnt rpool': '',
  'zpool import -N -R /mnt data': '',
}

/** The second disk, and what disko and cp do to the key. */
function twoDisks(commands: Record<string, FakeAnswer | readonly FakeAnswer[]> = {}) {
  const system = fakeSystem({
    commands: {
      [settleLine]: '',
      [lsblkLine]: bothDisks,
      [DISKO]: async () => {
        await system.writeFile(KEY, 'raw', { mode: 0o600 })
        return ''
      },
      [COPY]: async () => {
        await system.writeFile(KEPT, 'raw', { mode: 0o600 })
        return ''
      },
      'zpool get -H -o value guid rpool': '1234567890\n',
      'zpool get -H -o value guid data': '42\n',
      [mountsLine]: bothMounted,
      ...onlyNew,
      ...commands,
    },
    files: { ...deviceFiles, '/dev/vdc': '' },
    links: { ...links, '/dev/disk/by-id/virtio-keystone-b': '/dev/vdc' },
  })
  return system
}

test('the key of the data pool moves from memory to the encrypted root, and is kept only there', async () => {
  const system = twoDisks()
  const context = taskContext(system, { plan: dataPoolPlan, confirmation: confirmationOfBoth })
  await partition.run(context)
  expect(system.runs()).toEqual([DISKO, COPY])
  expect(system.madeDirectories().get('/mnt/var/lib/keystone/secrets')).toBe(0o700)
  expect(system.written().has(KEY)).toBe(false)
  expect(await partition.verify(context)).toEqual([])
  await system.removeFile(KEPT)
  await system.writeFile(KEY, 'raw', { mode: 0o600 })
  expect((await partition.verify(context)).map(({ code }) => code)).toEqual(['data-key-missing', 'data-key-left'])
})

test('restore opens the data pool by the key on the root, which disko cannot do', async () => {
  const open = [`zfs load-key -L file://${KEPT} data/crypt`, 'mount -t zfs -o X-mount.mkdir data/crypt/files /mnt/data']
  const commands = { ...reopenedBoth, ...Object.fromEntries(open.map((line) => [line, ''])) }
  const locked = twoDisks({ ...commands, [mountsLine]: [nothingMounted, zfsMounted] })
  await partition.restore?.(taskContext(locked, { plan: dataPoolPlan }))
  expect(locked.runs().slice(-3)).toEqual([MOUNT, ...open])
  expect(locked.runs().slice(1, 3)).toEqual(['zpool import -N -R /mnt rpool', 'zpool import -N -R /mnt data'])
  const mounted = twoDisks({ ...commands, [mountsLine]: [nothingMounted, bothMounted] })
  await partition.restore?.(taskContext(mounted, { plan: dataPoolPlan }))
  expect(mounted.runs().at(-1)).toBe(MOUNT)
})
