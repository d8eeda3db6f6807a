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

const machine = (commands: Record<string, FakeAnswer | readonly FakeAnswer[]> = {}) =>
  fakeSystem({
    commands: { [settleLine]: '', [lsblkLine]: lsblkAnswer(), [DISKO]: '', ...commands },
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
  expect(system.calls().map((call) => call.line)).toEqual([settleLine, lsblkLine, DISKO])
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

test('restore mounts what is formatted already and wipes nothing', async () => {
  const mount = 'disko --mode mount --root-mountpoint /mnt /run/keystone/disko-config.nix'
  const system = machine({ [mount]: '' })
  await partition.restore?.(taskContext(system, { confirmation: null }))
  expect(system.runs()).toEqual([mount])
  expect(system.written().has('/run/keystone/passphrase')).toBe(false)
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
      [mountsLine]: zfsMounted.replace(']}', ',{"target":"/mnt/data","source":"data/crypt/files","fstype":"zfs"}]}'),
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
  const mount = 'disko --mode mount --root-mountpoint /mnt /run/keystone/disko-config.nix'
  const open = [`zfs load-key -L file://${KEPT} data/crypt`, 'mount -t zfs -o X-mount.mkdir data/crypt/files /mnt/data']
  const commands = { [mount]: '', ...Object.fromEntries(open.map((line) => [line, ''])) }
  const locked = twoDisks({ ...commands, [mountsLine]: zfsMounted })
  await partition.restore?.(taskContext(locked, { plan: dataPoolPlan }))
  expect(locked.runs()).toEqual([mount, ...open])
  const mounted = twoDisks(commands)
  await partition.restore?.(taskContext(mounted, { plan: dataPoolPlan }))
  expect(mounted.runs()).toEqual([mount])
})
