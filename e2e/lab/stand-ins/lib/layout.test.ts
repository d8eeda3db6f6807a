import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { readLayout } from './layout.ts'
import { destroyScript, formatScript, mountScript, unmountScript } from './layout-scripts.ts'

const esp = { size: '1024M', type: 'EF00', content: { type: 'filesystem', format: 'vfat', mountpoint: '/boot' } }
const swap = { size: '512M', content: { type: 'swap', randomEncryption: true } }
const credstore = {
  type: 'zfs_volume',
  size: '100M',
  content: {
    type: 'luks',
    name: 'credstore',
    passwordFile: '/run/keystone/passphrase',
    content: { type: 'filesystem', format: 'ext4' },
  },
}
const crypt = {
  type: 'zfs_fs',
  options: { mountpoint: 'none', keyformat: 'raw', keylocation: 'file:///run/key' },
  postMountHook: 'echo closing',
}
const root = { type: 'zfs_fs', mountpoint: '/', options: { mountpoint: 'legacy' } }
const partitions = { zfs: { size: '100%', content: { type: 'zfs', pool: 'rpool' } }, swap, esp }
const disk = { type: 'disk', device: '/dev/disk/by-id/virtio-a', content: { type: 'gpt', partitions } }
const datasets = { 'crypt/root': root, crypt, credstore }
const devices = { disk: { a: disk }, zpool: { rpool: { type: 'zpool', datasets } } }

test('partitions and data sets come in the order disko uses, whatever the order in the file', () => {
  const layout = readLayout(devices)
  expect(layout.disks[0]?.content.partitions.map(({ label, type }) => [label, type])).toEqual([
    ['disk-a-esp', 'EF00'],
    ['disk-a-swap', '8200'],
    ['disk-a-zfs', '8300'],
  ])
  expect(layout.pools[0]?.datasets.map(({ name }) => name)).toEqual(['credstore', 'crypt', 'crypt/root'])
})

/** A whole disk with one partition. */
const plainDisk = (key: string, content: object = { type: 'filesystem', format: 'xfs', mountpoint: '/' }) => ({
  type: 'disk',
  device: `/dev/disk/by-id/virtio-${key}`,
  content: { type: 'gpt', partitions: { zfs: { size: '100%', content } } },
})
const member = (key: string) => plainDisk(key, { type: 'zfs', pool: 'rpool' })

/** Disks a to d, l and s, all in one pool. */
const manyDisks = (mode: unknown, more: object = {}) => ({
  disk: Object.fromEntries(['a', 'b', 'c', 'd', 'l', 's'].map((key) => [key, member(key)])),
  zpool: { rpool: { type: 'zpool', mode, datasets: { root }, ...more } },
})

const withPartition = (name: string, part: object) => ({
  ...devices,
  disk: { a: { ...disk, content: { type: 'gpt', partitions: { ...partitions, [name]: part } } } },
})

test.each([
  [
    'an unknown field',
    { ...devices, disk: { a: { ...disk, devcie: '/dev/vda' } } },
    "`disko.devices.disk.a.devcie' does not exist",
  ],
  ['a relative device', { ...devices, disk: { a: { ...disk, device: 'vda' } } }, 'disko.devices.disk.a.device'],
  ['an unknown type', withPartition('esp', { ...esp, content: { type: 'btrfs' } }), "unknown type `btrfs'"],
  ['a size with a blank', withPartition('swap', { ...swap, size: '1 GB' }), 'partitions.swap.size'],
  [
    'swap that is not encrypted',
    withPartition('swap', { ...swap, content: { type: 'swap' } }),
    'only randomly encrypted swap',
  ],
  [
    'a file system the lab does not make',
    withPartition('esp', { ...esp, content: { ...esp.content, format: 'btrfs' } }),
    'esp.content.format',
  ],
  [
    'a pool without a member',
    { disk: { a: plainDisk('a') }, zpool: devices.zpool },
    'no devices found for zpool rpool',
  ],
  ['a member of no pool', { disk: devices.disk }, 'no zpool is called rpool'],
  ['a label that is too long', withPartition('x'.repeat(40), swap), 'longer than 36 characters'],
  [
    'a pool of another shape',
    { ...devices, zpool: { rpool: { type: 'zpool', mode: 'draid', datasets } } },
    'zpool.rpool.mode',
  ],
  [
    'a native mount point',
    {
      ...devices,
      zpool: { rpool: { type: 'zpool', datasets: { ...datasets, 'crypt/root': { type: 'zfs_fs', mountpoint: '/' } } } },
    },
    'only options.mountpoint = "legacy"',
  ],
  [
    'a key of LUKS the lab does not know',
    withPartition('esp', { size: '1G', content: { ...credstore.content, keyFile: '/key' } }),
    "content.keyFile' does not exist",
  ],
])('refuses %s', (_name, wrong, message) => {
  expect(() => readLayout(wrong)).toThrow(message)
})

test('formats disks before pools and hands the passphrase over without its trailing newline', () => {
  const script = formatScript(readLayout(devices))
  const order = [
    'sgdisk --align-end',
    'mkfs.vfat',
    'zpool create',
    "zfs create 'rpool/credstore'",
    'luksFormat',
    "zfs create -up 'rpool/crypt' ",
  ]
  const places = order.map((word) => script.indexOf(word))
  expect(places).not.toContain(-1)
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(script).toContain(`--key-file=- < <(set +x; printf %s "$(cat '/run/keystone/passphrase')")`)
})

test('mounts the key data set with its hooks, then the root before what is below it', () => {
  const script = mountScript(readLayout(devices))
  const places = [
    "load-key 'rpool/crypt'",
    'echo closing',
    "mount 'rpool/crypt/root'",
    "mount '/dev/disk/by-partlabel/disk-a-esp'",
  ].map((word) => script.indexOf(word))
  expect(places).not.toContain(-1)
  expect(places).toEqual([...places].sort((a, b) => a - b))
})

test('unmounting closes the credstore before the pool is exported', () => {
  const script = unmountScript(readLayout(devices))
  expect(script.indexOf("cryptsetup close 'credstore'")).toBeGreaterThan(0)
  expect(script.indexOf("cryptsetup close 'credstore'")).toBeLessThan(script.indexOf("zpool export 'rpool'"))
})

test('destroying touches only the disks of the layout', () => {
  expect(destroyScript(readLayout(devices))).toContain("for disk in '/dev/disk/by-id/virtio-a'; do")
})

test('what lies on the disks is given up before it is erased, whatever it is', () => {
  const script = destroyScript(readLayout(devices))
  const order = [
    '| tac); do',
    'umount -R "$place"',
    'swapoff "$node"',
    'zpool destroy -f',
    'vgremove -f "$group"',
    'cryptsetup close "$node"',
    'mdadm --stop "$node"',
    'wipefs --all -f "$node"',
    'wipefs --all -f "$disk"',
  ]
  const places = order.map((word) => script.indexOf(word))
  expect(places).not.toContain(-1)
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(spawnSync('bash', ['-n', '-c', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
})

test('a file system without encryption is made on the partition and mounted from it', () => {
  const layout = readLayout({ disk: { a: plainDisk('a') } })
  expect(formatScript(layout)).toContain("mkfs.xfs  '/dev/disk/by-partlabel/disk-a-zfs'")
  expect(mountScript(layout)).toContain(`mount '/dev/disk/by-partlabel/disk-a-zfs' "$root_mountpoint"'/' -t xfs`)
})

const label = (key: string) => `'/dev/disk/by-partlabel/disk-${key}-zfs'`
const createLine = (devices: unknown) => {
  const script = formatScript(readLayout(devices))
  const create = script.slice(script.indexOf('zpool create'))
  return create.slice(0, create.indexOf('\nfi\n')).split('\\\n')[1]?.trim()
}

test.each(['', 'mirror', 'raidz1', 'raidz2', 'raidz3'])('one vdev of all members: mode "%s"', (mode) => {
  const words = [...(mode === '' ? [] : [`'${mode}'`]), ...['a', 'b', 'c', 'd', 'l', 's'].map(label)]
  expect(createLine(manyDisks(mode))).toBe(words.join(' '))
})

test('several vdevs are named kind by kind, single disks first', () => {
  const topology = {
    type: 'topology',
    vdev: [{ mode: 'mirror', members: ['a', 'b'] }, { members: ['c'] }],
    special: [{ members: ['/dev/disk/by-partlabel/disk-s-zfs'] }],
    log: [{ members: ['l'] }],
    spare: ['d'],
  }
  expect(createLine(manyDisks({ topology }))).toBe(
    `${label('c')} 'mirror' ${label('a')} ${label('b')} 'spare' ${label('d')} 'log' ${label('l')} 'special' ${label('s')}`,
  )
})

test.each([
  ['no type', { topology: { vdev: [{ members: ['a', 'b', 'c', 'd', 'l', 's'] }] } }, 'mode.topology.type'],
  ['another key', { topology: { type: 'topology', vdevs: [] } }, "mode.topology.vdevs' does not exist"],
  ['a hook', { topology: { type: 'topology', preCreateHook: '' } }, "preCreateHook' does not exist"],
  ['a mode', { topology: { type: 'topology', vdev: [{ mode: 'raid10', members: ['a'] }] } }, '.mode'],
  ['a vdev without members', { topology: { type: 'topology', log: [{ mode: 'mirror' }] } }, 'members'],
  ['a disk left out', { topology: { type: 'topology', vdev: [{ members: ['a', 'b'] }] } }, 'not all disks accounted'],
  ['a list', ['a'], 'zpool.rpool.mode'],
])('refuses in a topology: %s', (_name, mode, message) => {
  expect(() => readLayout(manyDisks(mode))).toThrow(message)
})
