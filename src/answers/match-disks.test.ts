import { expect, test } from 'vitest'
import type { Disk } from '../model/hardware.ts'
import { hardware } from '../testing/machine.ts'
import type { DiskEntry } from './disk-entries.ts'
import { parseFilterSize } from './filter-size.ts'
import { fitsGlob } from './glob.ts'
import { matchDisks } from './match-disks.ts'

const [sample] = hardware('two-virtio-uefi-tpm').disks.filter((disk) => !disk.isBootMedium)
if (!sample) throw new Error('the recorded machine has no free disk')

function disk(name: string, more: Partial<Disk>): Disk {
  return { ...(sample as Disk), name, path: `/dev/${name}`, id: `/dev/disk/by-id/${name}`, sizeBytes: 1e12, ...more }
}
const SAMSUNG = { model: 'Samsung SSD 980 1TB', kind: 'nvme', transport: 'nvme' } as const
const disks = [
  disk('nvme1', { ...SAMSUNG, serial: 'S2' }),
  disk('nvme0', { ...SAMSUNG, serial: 'S1' }),
  disk('sda', { model: 'WDC WD40EFRX', kind: 'hdd', transport: 'sata', serial: 'W1', sizeBytes: 4e12 }),
  disk('sdb', { model: null, serial: null, kind: 'hdd', transport: null, sizeBytes: 5e11 }),
  disk('sdc', { ...SAMSUNG, serial: 'S3', inUse: 'mounted at /srv' }),
  disk('sdd', { ...SAMSUNG, serial: 'S4', isBootMedium: true }),
]

type Filter = Extract<DiskEntry, { filter: unknown }>['filter']
function entry(filter: Filter, count: number | 'all' = 1, list: DiskEntry['list'] = 'devices', index = 0): DiskEntry {
  return { list, index, wipe: true, filter, count }
}
const takes = (...entries: DiskEntry[]) =>
  matchDisks(entries, { disks }).map((match) => match.takes.map(({ name }) => name))
const codes = (...entries: DiskEntry[]) => matchDisks(entries, { disks }).map(({ problem }) => problem?.code ?? null)

test.each<[Filter, string[]]>([
  [{ type: 'nvme' }, ['nvme0', 'nvme1']],
  [{ model: 'samsung*' }, ['nvme0', 'nvme1']],
  [{ serial: 's?' }, ['nvme0', 'nvme1']],
  [{ transport: 'SATA' }, ['sda']],
  [{ minSize: '4 TB' }, ['sda']],
  [{ minSize: '4.1 TB' }, []],
  [{ maxSize: '500GB' }, ['sdb']],
  [{ maxSize: '465 GiB' }, []],
  [{ type: 'hdd', minSize: '1TB', maxSize: '3 TiB' }, []],
  [{ type: 'hdd', minSize: '1TB', maxSize: '4 TiB' }, ['sda']],
])('%j takes %j, in the order of the ids', (filter, names) => {
  expect(takes(entry(filter, 'all'))).toEqual([names])
})

test('a filter never picks: more or fewer disks than it asks for are a problem', () => {
  expect(codes(entry({ type: 'nvme' }))).toEqual(['too-many-disks-match'])
  expect(codes(entry({ type: 'nvme' }, 2))).toEqual([null])
  expect(codes(entry({ type: 'nvme' }, 3))).toEqual(['too-few-disks-match'])
  expect(codes(entry({ type: 'ssd' }, 'all'))).toEqual(['no-disk-matches'])
})

test('a disk goes to one entry: first to what names it, then to the filters in the order of the lists', () => {
  const named: DiskEntry = { list: 'log', index: 0, wipe: true, id: '/dev/disk/by-id/nvme1' }
  expect(takes(entry({ type: 'hdd' }, 'all', 'dataDevices'), entry({ type: 'nvme' }), named)).toEqual([
    ['sda', 'sdb'],
    ['nvme0'],
    ['nvme1'],
  ])
  expect(takes(entry({ minSize: '1 GB' }, 'all', 'spares'), entry({ serial: 'S1' }))).toEqual([
    ['nvme1', 'sda', 'sdb'],
    ['nvme0'],
  ])
})

test('says of every other disk why it is not taken', () => {
  const [match] = matchDisks([entry({ type: 'nvme', serial: 'S1' })], { disks })
  expect(match?.others.map(({ disk: { name }, why }) => `${name}: ${why}`)).toEqual([
    'nvme1: its serial is "S2", not "S1"',
    'sda: it is hdd, not nvme',
    'sdb: it is hdd, not nvme',
    'sdc: sdc is in use: mounted at /srv',
    'sdd: this system was started from sdd',
  ])
})

test('the order of the disks on the machine changes nothing', () => {
  const filter = entry({ type: 'nvme' }, 2)
  expect(matchDisks([filter], { disks: disks.toReversed() })).toEqual(matchDisks([filter], { disks }))
})

test('90 disks are not all named in one message', () => {
  const many = Array.from({ length: 90 }, (_, at) => disk(`sd${at}`, { serial: `X${at}` }))
  const [match] = matchDisks([entry({ serial: 'X*' })], { disks: many })
  expect(match?.problem?.message).toContain('but 90 fit: ')
  expect(match?.problem?.message).toMatch(/, and 84 more$/)
})

test.each([
  ['500 GB', 500e9],
  ['500GB', 500e9],
  ['1.8TB', 1.8e12],
  ['465 GiB', 465 * 1024 ** 3],
  ['2 TiB', 2 * 1024 ** 4],
  ['0 B', 0],
  ['500', null],
  ['500 gb', null],
  ['GB', null],
  ['-1 GB', null],
  ['1e3 GB', null],
  ['1 GB 2', null],
])('%j is %j bytes', (text, bytes) => {
  expect(parseFilterSize(text)).toBe(bytes)
})

test.each([
  ['Samsung*', 'SAMSUNG SSD 980', true],
  ['*980*', 'Samsung SSD 980 1TB', true],
  ['*980', 'Samsung SSD 980 1TB', false],
  ['S?', 'S1', true],
  ['S?', 'S12', false],
  ['S?', 'S', false],
  ['*', '', true],
  ['?', '🐟', true],
  ['a.c', 'abc', false],
  ['[a]', 'a', false],
  ['*a*b*c', 'xxaxxbxxbxxc', true],
])('the pattern %j on %j: %j', (pattern, text, isFit) => {
  expect(fitsGlob(pattern, text)).toBe(isFit)
})

test('a pattern of many stars is answered at once', () => {
  const started = performance.now()
  expect(fitsGlob('*a'.repeat(200), `${'a'.repeat(3980)}b`)).toBe(false)
  expect(performance.now() - started).toBeLessThan(1000)
})
