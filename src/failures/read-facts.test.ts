import { expect, test } from 'vitest'
import { type FakeOptions, fakeSystem } from '../testing/fake-system.ts'
import { ext4Plan, zfsPlan } from '../testing/task-context.ts'
import { NO_FACTS } from './entry.ts'
import { parsePoolStatus } from './pool-facts.ts'
import { readFacts } from './read-facts.ts'

const DISK = '/dev/disk/by-id/virtio-keystone-a'
const SIZE = 8 * 2 ** 20
const MOUNTS = [
  '/dev/vda2 / ext4 rw,relatime 0 0',
  'efivarfs /sys/firmware/efi/efivars efivarfs rw,nosuid 0 0',
  '/dev/mapper/cryptroot /mnt ext4 rw,relatime 0 0',
  '/dev/vdb1 /mnt/boot vfat rw,umask=0077 0 0',
].join('\n')
const FINDMNT = 'findmnt --json --bytes --output SIZE,AVAIL --mountpoint /sys/firmware/efi/efivars'
const ROUTE = [
  'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT',
  'enp0s2\t00000000\t0202000A\t0003\t0\t0\t100\t00000000\t0\t0\t0',
].join('\n')
const SETTLE = 'udevadm settle --timeout=2'

/** A machine where nothing is wrong. */
const files = {
  '/sys/class/block/vdb/size': `${SIZE / 512}\n`,
  '/dev/vdb': new Uint8Array(SIZE),
  '/dev/dm-0': '',
  '/proc/vmstat': 'nr_free_pages 1\noom_kill 4\n',
  '/proc/self/mounts': MOUNTS,
  '/sys/firmware/efi/fw_platform_size': '64\n',
  '/sys/class/net/lo/carrier': '1',
  '/sys/class/net/enp0s2/device/vendor': '0x1af4',
  '/sys/class/net/enp0s2/carrier': '1\n',
  '/proc/net/route': ROUTE,
  '/proc/sys/kernel/osrelease': '6.12.41\n',
  '/lib/modules/6.12.41/modules.dep':
    'kernel/drivers/md/dm-crypt.ko.xz: kernel/drivers/md/dm-mod.ko.xz\nextra/zfs.ko:\n',
  '/lib/modules/6.12.41/kernel/drivers/md/dm-crypt.ko.xz': '',
  '/lib/modules/6.12.41/extra/zfs.ko': '',
}
const links = { [DISK]: '/dev/vdb', '/dev/mapper/cryptroot': '/dev/dm-0' }
const commands = { [FINDMNT]: '{"filesystems":[{"size":262144,"avail":200000}]}', [SETTLE]: '' }
const asked: string[] = []
const lookUp = async (name: string) => {
  asked.push(name)
  return { addresses: ['192.0.2.1'] }
}

const facts = (changes: FakeOptions = {}, look: Parameters<typeof readFacts>[3] = lookUp, builtAt = '2026-01-01') =>
  readFacts(
    fakeSystem({
      commands: { ...commands, ...changes.commands },
      files: { ...files, ...changes.files },
      links: changes.links ?? links,
    }),
    ext4Plan,
    { oomKills: 4 },
    look,
    builtAt,
  )

test('a machine where nothing is wrong', async () => {
  expect(await facts()).toMatchObject({
    disks: [{ id: DISK, isPresent: true, sizeBytes: SIZE, isReadable: true }],
    oomKills: 0,
    hasLink: true,
    hasRoute: true,
    nameLookup: 'works',
    clockIsBeforeBuild: false,
    efiVariables: 'writable',
    tpm: null,
    pools: [],
    brokenMounts: [],
    users: [],
    missingModules: [],
  })
})

test('a system that tells nothing gives no facts, asks no name server and runs no program', async () => {
  const system = fakeSystem()
  asked.length = 0
  expect(await readFacts(system, zfsPlan, { oomKills: null }, lookUp)).toEqual(NO_FACTS)
  expect(system.calls()).toEqual([])
  expect(asked).toEqual([])
})

test('a clock from before this program was built is wrong', async () => {
  const early = { now: () => new Date('1980-01-01T00:00:00Z') }
  const system = fakeSystem({ commands, files, links, ...early })
  const read = (builtAt: string | null) => readFacts(system, ext4Plan, { oomKills: 0 }, lookUp, builtAt)
  expect((await read('2026-05-30T10:00:00Z')).clockIsBeforeBuild).toBe(true)
  expect((await read(null)).clockIsBeforeBuild).toBeNull()
})

test('a disk whose name is gone is looked for again after udev has settled', async () => {
  const gone = [{ id: DISK, isPresent: false, sizeBytes: null, isReadable: null }]
  expect((await facts({ links: {} })).disks).toEqual(gone)
  // The name is there, the disk behind it is not.
  expect((await facts({ links: { [DISK]: '/dev/vdc' } })).disks).toEqual(gone)
})

test('a disk that cannot be read to its end', async () => {
  const claimsMore = { '/sys/class/block/vdb/size': `${(2 * SIZE) / 512}\n` }
  expect((await facts({ files: claimsMore })).disks).toMatchObject([{ sizeBytes: 2 * SIZE, isReadable: false }])
})

test('a disk that hangs keeps nobody: what lies on it is not asked', async () => {
  const system = fakeSystem({ commands, files, links })
  const hung = { ...system, readBytes: () => new Promise<never>(() => {}) }
  const { readDiskFacts } = await import('./disk-facts.ts')
  expect(await readDiskFacts(hung, ext4Plan, 20)).toEqual({
    disks: [{ id: DISK, isPresent: true, sizeBytes: SIZE, isReadable: null }],
    hasHung: true,
  })
})

test('counts the processes that were ended for memory since the install began', async () => {
  expect((await facts({ files: { '/proc/vmstat': 'oom_kill 6\n' } })).oomKills).toBe(2)
  expect((await facts({ files: { '/proc/vmstat': 'nr_free_pages 6\n' } })).oomKills).toBeNull()
})

test('tells a cable that is out from a route that is gone and from a name server that is silent', async () => {
  const down = await facts({ files: { '/sys/class/net/enp0s2/carrier': '0\n' } })
  expect(down).toMatchObject({ hasLink: false, hasRoute: true, nameLookup: null })
  const noRoute = await facts({ files: { '/proc/net/route': ROUTE.split('\n')[0] ?? '' } })
  expect(noRoute).toMatchObject({ hasLink: true, hasRoute: false, nameLookup: null })
  expect((await facts({}, async () => ({ error: 'ETIMEOUT' }))).nameLookup).toBe('no-answer')
  expect((await facts({}, async () => ({ error: 'ENOTFOUND' }))).nameLookup).toBe('no-such-name')
})

test('a default route by IPv6 is a route', async () => {
  const zeros = '0'.repeat(32)
  const six = `${zeros} 00 ${zeros} 00 fe800000000000000000000000000002 00000400 00000001 00000000 00450003   enp0s2\n`
  const other = `${zeros} 00 ${zeros} 00 ${zeros} ffffffff 00000001 00000000 00200200       lo\n`
  const only = (text: string) => ({ files: { '/proc/net/route': '', '/proc/net/ipv6_route': text } })
  expect((await facts(only(six + other))).hasRoute).toBe(true)
  expect((await facts(only(other))).hasRoute).toBe(false)
})

test("the firmware's variables: read-only, full, missing, of unknown size", async () => {
  const readOnly = MOUNTS.replace('efivarfs rw', 'efivarfs ro')
  expect((await facts({ files: { '/proc/self/mounts': readOnly } })).efiVariables).toBe('read-only')
  const answer = (size: number, avail: number) => ({
    commands: { [FINDMNT]: JSON.stringify({ filesystems: [{ size, avail }] }) },
  })
  expect((await facts(answer(262144, 0))).efiVariables).toBe('full')
  expect((await facts(answer(0, 0))).efiVariables).toBe('writable')
  expect((await facts({ files: { '/proc/self/mounts': '' } })).efiVariables).toBe('missing')
})

test('mounts that the kernel made read-only, and ext4 that counted errors; those of others do not count', async () => {
  const broken = MOUNTS.replace('/mnt/boot vfat rw', '/mnt/boot vfat ro')
    .replace('/ ext4 rw', '/ ext4 ro')
    .concat('\n/dev/sr0 /mnt/iso iso9660 ro 0 0')
  const mounts = { '/proc/self/mounts': broken, '/sys/fs/ext4/dm-0/errors_count': '3\n' }
  expect((await facts({ files: mounts })).brokenMounts).toEqual(['/mnt', '/mnt/boot'])
  // A write of data that was lost.
  expect((await facts({ files: { '/sys/fs/ext4/dm-0/warning_count': '1\n' } })).brokenMounts).toEqual(['/mnt'])
  const xfs = MOUNTS.replace('/mnt ext4', '/mnt xfs').replace('/mnt/boot vfat', '/elsewhere vfat')
  expect((await facts({ files: { '/proc/self/mounts': xfs } })).brokenMounts).toEqual(['/mnt'])
  expect((await facts({ files: { '/proc/self/mounts': xfs, '/mnt/etc/NIXOS': '' } })).brokenMounts).toEqual([])
})

test('a module whose file is gone is missing; one that is loaded or built in is not', async () => {
  const gone = (more: Record<string, string> = {}) => {
    const { '/lib/modules/6.12.41/kernel/drivers/md/dm-crypt.ko.xz': _, ...others } = files
    return readFacts(fakeSystem({ commands, files: { ...others, ...more }, links }), ext4Plan, { oomKills: 0 }, lookUp)
  }
  expect((await gone()).missingModules).toEqual(['dm_crypt'])
  expect((await gone({ '/sys/module/dm_crypt/refcnt': '0' })).missingModules).toEqual([])
  const builtIn = { '/lib/modules/6.12.41/modules.builtin': 'kernel/drivers/md/dm-crypt.ko\n' }
  expect((await gone(builtIn)).missingModules).toEqual([])
})

test('names who uses the mounts and the mapping, and not itself', async () => {
  const processes = {
    '/proc/self/status': 'Name:\tkeystone\nPid:\t100\n',
    '/proc/100/comm': 'keystone\n',
    '/proc/200/comm': 'sleep\n',
    '/proc/300/comm': 'cat\n',
    '/proc/400/comm': 'sshd\n',
    '/mnt/nix/store': '',
    '/mnt/a': '',
  }
  const places = {
    '/proc/100/cwd': '/mnt',
    '/proc/200/cwd': '/mnt/nix',
    '/proc/300/cwd': '/',
    '/proc/300/fd/0': '/dev/dm-0',
    '/proc/400/cwd': '/mnt2',
  }
  const { users } = await facts({ files: processes, links: { ...links, ...places } })
  expect(users).toEqual([
    { pid: 200, name: 'sleep', path: '/mnt/nix' },
    { pid: 300, name: 'cat', path: '/dev/mapper/cryptroot' },
  ])
})

// The shape of `zpool status --json --json-int` of OpenZFS 2.3, shortened.
const leaf = (errors: object) => ({ vdev_type: 'disk', state: 'ONLINE', read_errors: 0, write_errors: 0, ...errors })
const status = (state: string, leaves: object) => ({
  output_version: { command: 'zpool status', vers_major: 0, vers_minor: 1 },
  pools: {
    rpool: {
      name: 'rpool',
      state,
      vdevs: {
        rpool: {
          vdev_type: 'root',
          read_errors: 0,
          write_errors: 0,
          vdevs: { 'mirror-0': { vdev_type: 'mirror', read_errors: 0, write_errors: 9, vdevs: leaves } },
        },
      },
    },
  },
})

test('pools: their state, and the errors of their disks', () => {
  const pool = status('DEGRADED', { a: leaf({ write_errors: 3 }), b: leaf({ read_errors: 2, write_errors: '1' }) })
  expect(parsePoolStatus(JSON.stringify(pool))).toEqual([
    { name: 'rpool', state: 'DEGRADED', readErrors: 2, writeErrors: 4 },
  ])
  for (const odd of ['', '[]', '{}', '{"pools":{"a":null}}', 'no pools available'])
    expect(parsePoolStatus(odd)).toEqual([])
})
