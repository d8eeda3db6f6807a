import { expect, test } from 'vitest'
import type { Disk, Hardware } from '../model/hardware.ts'
import type { Plan } from '../model/plan.ts'
import type { JournalRecord, SavedInstall } from '../model/saved-install.ts'
import { hashOf } from '../plan/hash.ts'
import { type FakeAnswer, type FakeOptions, fakeSystem } from '../testing/fake-system.ts'
import { hardware } from '../testing/machine.ts'
import { confirmation, zfsPlan } from '../testing/task-context.ts'
import { begunInMemory, findBegun, findInstalls } from './find-begun.ts'
import { encodeRecord, encodeSaved } from './journal-file.ts'

const AT = '2026-05-30T10:00:00.000Z'
const FILE = '/var/lib/keystone-installer/journal.jsonl'
const LSBLK = 'lsblk -J -b -O'

function planOf(changes: Partial<Plan> = {}): Plan {
  const { hash: _, ...content } = { ...zfsPlan, ...changes }
  return { ...content, hash: hashOf(content) }
}

function journalOf(records: readonly JournalRecord[], changes: Partial<SavedInstall> = {}): Uint8Array {
  const plan = changes.plan ?? planOf()
  const start = encodeSaved({
    format: 1,
    installerVersion: '1.2.3',
    startedAt: AT,
    planHash: plan.hash,
    plan,
    answers: '',
    confirmation,
    ...changes,
  })
  if (start === null) throw new Error('too large')
  let { end } = start
  for (const record of records) {
    const slot = encodeRecord(record, end)
    if (slot === null) throw new Error('full')
    start.bytes.set(slot.bytes, slot.offset)
    end = slot.end
  }
  return start.bytes
}

const FORMATTED: readonly JournalRecord[] = [
  { at: AT, state: 'finished', task: 'partition', outputs: { rpool: '42' } },
  { at: AT, state: 'started', task: 'build' },
]
const recorded = hardware('two-virtio-uefi-tpm')
const target = {
  ...(recorded.disks[0] as Disk),
  id: '/dev/disk/by-id/virtio-keystone-a',
  serial: 'keystone-a',
  sizeBytes: 8589934592,
}
const machine: Hardware = { ...recorded, disks: [target] }

const disk = (name: string, partlabel: string, more: object = {}) => ({
  name,
  type: 'disk',
  children: [{ name: `${name}1`, type: 'part', fstype: 'vfat', partlabel, ...more }],
})
const mount = (device: string, at: number) =>
  `mount -t vfat -o ro,nodev,noexec,nosuid ${device} /run/keystone/begun/${at}`
const umount = (at: number) => `umount /run/keystone/begun/${at}`
const onEsp = (at: number) => `/run/keystone/begun/${at}/keystone/journal`

function system(disks: readonly object[], commands: Record<string, FakeAnswer> = {}, files: FakeOptions['files'] = {}) {
  return fakeSystem({
    commands: { [LSBLK]: JSON.stringify({ blockdevices: disks }), ...commands },
    files,
  })
}

test('nothing was begun on a machine without a journal, and nothing is mounted to find that out', async () => {
  const blank = system([disk('vda', 'EFI System'), disk('vdb', 'disk-a-esp', { fstype: 'ext4' })])
  expect(await findBegun(blank, machine, '1.2.3')).toBeNull()
  expect(blank.runs()).toEqual([])
})

test('on the same boot it is in memory, and no disk is looked at', async () => {
  const found = await findBegun(fakeSystem({ files: { [FILE]: journalOf(FORMATTED) } }), machine, '1.2.3')
  expect(found).toMatchObject({
    place: 'memory',
    isInstalled: false,
    problems: [],
    outputs: { partition: { rpool: '42' } },
  })
  expect(found?.saved.plan).toEqual(planOf())
  expect(found?.tasks.filter(({ stand }) => stand !== 'not begun')).toEqual([
    { id: 'partition', stand: 'finished' },
    { id: 'build', stand: 'begun' },
  ])
})

test('after a power cut it is read from the esp, which is mounted for that only, and never to be written', async () => {
  const cut = system(
    [disk('vdb', 'disk-a-esp')],
    { [mount('/dev/vdb1', 0)]: '', [umount(0)]: '' },
    { [onEsp(0)]: journalOf(FORMATTED) },
  )
  expect(await findBegun(cut, machine, '1.2.3')).toMatchObject({ place: 'target', problems: [] })
  expect(cut.runs()).toEqual([mount('/dev/vdb1', 0), umount(0)])
})

test('an install of this boot that has touched nothing does not hide the one on the disk', async () => {
  const onlyLooked = journalOf([{ at: AT, state: 'failed', task: 'preflight' }])
  const cut = system(
    [disk('vdb', 'disk-a-esp')],
    { [mount('/dev/vdb1', 0)]: '', [umount(0)]: '' },
    { [FILE]: onlyLooked, [onEsp(0)]: journalOf(FORMATTED) },
  )
  expect(await findBegun(cut, machine, '1.2.3')).toMatchObject({ place: 'target', problems: [] })
})

test('a journal on a disk that has lost its records goes nowhere: to go on would erase that disk', async () => {
  const lost = system(
    [disk('vdb', 'disk-a-esp')],
    { [mount('/dev/vdb1', 0)]: '', [umount(0)]: '' },
    { [onEsp(0)]: journalOf([{ at: AT, state: 'started', task: 'partition' }]) },
  )
  expect((await findBegun(lost, machine, '1.2.3'))?.problems.map(({ code }) => code)).toEqual(['journal-damaged'])
})

test('a journal that outlived its boot is not taken for one of this boot', async () => {
  const boots = (now: string) => ({
    [FILE]: journalOf(FORMATTED, { bootId: 'f3b1c0de-0000-4000-8000-000000000001' }),
    '/proc/sys/kernel/random/boot_id': `${now}\n`,
  })
  const same = system([], {}, boots('f3b1c0de-0000-4000-8000-000000000001'))
  expect(await findBegun(same, machine, '1.2.3')).toMatchObject({ place: 'memory' })
  const later = system([], {}, boots('f3b1c0de-0000-4000-8000-000000000002'))
  expect(await findBegun(later, machine, '1.2.3')).toBeNull()
})

test('an install that came to its end is not offered', async () => {
  const journal = journalOf([...FORMATTED, { at: AT, state: 'installed' }])
  expect(await findBegun(system([], {}, { [FILE]: journal }), machine, '1.2.3')).toBeNull()
  expect(await begunInMemory(system([], {}, { [FILE]: journal }))).toBeNull()
  const onDisk = system(
    [disk('vdb', 'disk-a-esp')],
    { [mount('/dev/vdb1', 0)]: '', [umount(0)]: '' },
    { [onEsp(0)]: journal },
  )
  expect(await findBegun(onDisk, machine, '1.2.3')).toBeNull()
})

const MARK = {
  format: 1,
  planHash: 'f00d',
  answersHash: '0'.repeat(64),
  hostName: 'primer',
  installerVersion: '1.2.3',
  finishedAt: AT,
}
const markOnEsp = (at: number) => `/run/keystone/begun/${at}/keystone/installed`

test('the mark of a finished install is read with the journal, in the same mount', async () => {
  const done = system(
    [disk('vdb', 'disk-a-esp')],
    { [mount('/dev/vdb1', 0)]: '', [umount(0)]: '' },
    { [markOnEsp(0)]: `${JSON.stringify(MARK)}\n` },
  )
  expect(await findInstalls(done, machine, '1.2.3')).toEqual({
    begun: null,
    finished: [{ mark: MARK, diskPath: '/dev/vdb' }],
  })
  expect(done.runs()).toEqual([mount('/dev/vdb1', 0), umount(0)])
})

test('a journal beside the mark counts: the power was cut before the end', async () => {
  const cut = system(
    [disk('vdb', 'disk-a-esp')],
    { [mount('/dev/vdb1', 0)]: '', [umount(0)]: '' },
    { [markOnEsp(0)]: JSON.stringify(MARK), [onEsp(0)]: journalOf(FORMATTED) },
  )
  expect(await findInstalls(cut, machine, '1.2.3')).toMatchObject({ begun: { place: 'target' }, finished: [] })
})

test('an esp that cannot be mounted, or is mounted, or has a torn journal, is passed over', async () => {
  const torn = journalOf(FORMATTED).with(40, 0xff).with(41, 0xff).with(42, 0xff)
  const bad = system(
    [disk('vdb', 'disk-a-esp'), disk('vdc', 'disk-b-esp'), disk('vdd', 'disk-c-esp', { mountpoints: ['/mnt/boot'] })],
    { [mount('/dev/vdb1', 0)]: { exitCode: 32 }, [mount('/dev/vdc1', 1)]: '', [umount(1)]: '' },
    { [onEsp(1)]: torn },
  )
  expect(await findBegun(bad, machine, '1.2.3')).toBeNull()
  expect(bad.runs()).toEqual([mount('/dev/vdb1', 0), mount('/dev/vdc1', 1), umount(1)])
})

test('an esp that stays mounted is in the way, and is named', async () => {
  const stuck = system(
    [disk('vdb', 'disk-a-esp'), disk('vdc', 'disk-b-esp')],
    { [mount('/dev/vdb1', 0)]: '', [umount(0)]: { exitCode: 32 }, [mount('/dev/vdc1', 1)]: '', [umount(1)]: '' },
    { [onEsp(1)]: journalOf(FORMATTED) },
  )
  const found = await findBegun(stuck, machine, '1.2.3')
  expect(found?.problems).toMatchObject([
    { code: 'disk-in-use', message: '/dev/vdb1 cannot be unmounted from /run/keystone/begun/0' },
  ])
})

test('of two the younger one counts, and the other stands in the way', async () => {
  const other = planOf({ hostName: 'older' })
  const two = system(
    [disk('vdb', 'disk-a-esp'), disk('vdc', 'disk-a-esp')],
    {
      [mount('/dev/vdb1', 0)]: '',
      [umount(0)]: '',
      [mount('/dev/vdc1', 1)]: '',
      [umount(1)]: '',
    },
    {
      [onEsp(0)]: journalOf(FORMATTED, { plan: other, planHash: other.hash, startedAt: '2026-01-01T00:00:00.000Z' }),
      [onEsp(1)]: journalOf(FORMATTED),
    },
  )
  const found = await findBegun(two, machine, '1.2.3')
  expect(found?.saved.plan.hostName).toBe('primer')
  expect(found?.problems.map(({ message }) => message)).toEqual([
    '/dev/vdb1 holds another install that was begun, of older',
  ])
})

test('of one install the esps are copies, and the one with the most records is the true one', async () => {
  const mirror = system(
    [disk('vdb', 'disk-b-esp'), disk('vdc', 'disk-a-esp')],
    { [mount('/dev/vdb1', 0)]: '', [umount(0)]: '', [mount('/dev/vdc1', 1)]: '', [umount(1)]: '' },
    {
      [onEsp(0)]: journalOf(FORMATTED.slice(0, 1)),
      [onEsp(1)]: journalOf(FORMATTED),
    },
  )
  const found = await findBegun(mirror, machine, '1.2.3')
  expect(found?.tasks.find(({ id }) => id === 'build')?.stand).toBe('begun')
  expect(found?.problems).toEqual([])
})

test('says why it cannot go on: another installer, another machine', async () => {
  const memory = () => fakeSystem({ files: { [FILE]: journalOf(FORMATTED) } })
  expect((await findBegun(memory(), machine, '1.3.0'))?.problems.map(({ code, message }) => [code, message])).toEqual([
    ['other-version', 'it was begun by Keystone 1.2.3, and this is 1.3.0: the files it writes differ'],
  ])
  expect((await findBegun(memory(), { ...machine, disks: [] }, '1.2.3'))?.problems.map(({ code }) => code)).toEqual([
    'disk-gone',
  ])
})

test('a plan that does not give its own hash is followed by nobody', async () => {
  const forged = { ...planOf(), storage: { ...zfsPlan.storage, disks: [] } }
  const system = fakeSystem({ files: { [FILE]: journalOf(FORMATTED, { plan: forged, planHash: forged.hash }) } })
  expect((await findBegun(system, machine, '1.2.3'))?.problems.map(({ code }) => code)).toEqual(['plan-damaged'])
})

test('a machine that lists no disks has none to look at', async () => {
  expect(await findBegun(fakeSystem({ commands: { [LSBLK]: { missing: true } } }), machine, '1.2.3')).toBeNull()
})
