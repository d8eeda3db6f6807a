import { expect, test } from 'vitest'
import { readBlockDevices } from '../hardware/read-disks.ts'
import { KIB, MIB } from '../model/size.ts'
import type { ByteRange } from '../system/system.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { zfsPlan } from '../testing/task-context.ts'
import { clearPoolLabels, readPoolNames } from './pool-labels.ts'
import { findSharedStorage } from './shared-storage.ts'

const SIZE = 64 * MIB

/** The beginning of a label's list, as `zdb -l` reads it: version 5000, then the name. */
function label(name: string): Uint8Array {
  const word = (number: number) => [0, 0, (number >> 8) & 0xff, number & 0xff]
  const text = (value: string) => [
    ...word(value.length),
    ...Buffer.from(value.padEnd(Math.ceil(value.length / 4) * 4, '\0')),
  ]
  const head = [1, 1, 0, 0, ...word(0), ...word(1)]
  const version = [...word(36), ...word(32), ...text('version'), ...word(8), ...word(1), ...word(0), ...word(5000)]
  return new Uint8Array([
    ...head,
    ...version,
    ...word(36),
    ...word(32),
    ...text('name'),
    ...word(9),
    ...word(1),
    ...text(name),
  ])
}

const ROOT = new Uint8Array([0x0c, 0xb1, 0xba, 0, 0, 0, 0, 0])
/** A label's list at this place, and behind it a root, as in a label of a pool that can be imported. */
const labelAt = (at: number, name: string) => ({ [at]: label(name), [at + 112 * KIB + 5 * KIB]: ROOT })

/** A disk that has these bytes at these places, and zeros elsewhere. */
function holding(places: Readonly<Record<number, Uint8Array>>) {
  return ({ start, length }: ByteRange) => {
    const bytes = new Uint8Array(length)
    for (const [at, content] of Object.entries(places)) {
      if (Number(at) >= start && Number(at) < start + length) bytes.set(content, Number(at) - start)
    }
    return bytes
  }
}

const disk = (name: string, ...children: object[]) => ({ name, type: 'disk', size: SIZE, children })

async function problems(
  blockdevices: readonly object[],
  options: {
    readonly disks?: Readonly<Record<string, (range: ByteRange) => Uint8Array | null>>
    readonly imported?: readonly string[]
    readonly pools?: readonly string[]
  },
) {
  const files = Object.fromEntries(
    (options.imported ?? []).map((name) => [`/proc/spl/kstat/zfs/${name}/state`, 'ONLINE']),
  )
  const system = fakeSystem({
    commands: { 'lsblk -J -b -O': JSON.stringify({ blockdevices }), 'zpool list -H -v -L -P': '' },
    files,
    ...(options.disks && { disks: options.disks }),
  })
  const found = await readBlockDevices(system)
  if (found === null) throw new Error('no disks')
  const given = { found, targets: new Set(['/dev/vdb']), pools: options.pools ?? [] }
  return (await findSharedStorage(system, given)).map(({ code, message }) => [code, message])
}

test.each([16 * KIB, 272 * KIB, SIZE - 496 * KIB, SIZE - 240 * KIB])(
  'the name in the label at %i is read',
  async (at) => {
    const system = fakeSystem({ disks: { '/dev/vdb': holding(labelAt(at, 'tank')) } })
    expect(await readPoolNames(system, { path: '/dev/vdb', sizeBytes: SIZE + 4096 })).toEqual(['tank'])
  },
)

test('zeros, and a name that no pool can have, are no label', async () => {
  const at = async (places: Record<number, Uint8Array>) =>
    readPoolNames(fakeSystem({ disks: { '/dev/vdb': holding(places) } }), {
      path: '/dev/vdb',
      sizeBytes: SIZE,
    })
  expect(await at({})).toEqual([])
  expect(await at(labelAt(16 * KIB, 'x\u0001'))).toEqual([])
  const state = [0, 0, 0, 5, ...Buffer.from('state\0\0\0'), 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
  const destroyed = new Uint8Array([...label('tank'), ...state, 2])
  expect(await at({ ...labelAt(16 * KIB, 'tank'), [16 * KIB]: destroyed })).toEqual([])
  const exported = new Uint8Array([...label('tank'), ...state, 1])
  expect(await at({ ...labelAt(16 * KIB, 'tank'), [16 * KIB]: exported })).toEqual(['tank'])
  // As wipefs leaves it.
  expect(await at({ [16 * KIB]: label('tank') })).toEqual([])
})

test('an old label on the target would have disko destroy the pool of that name that is imported from other disks', async () => {
  const disks = { '/dev/vdb': holding(labelAt(SIZE - 240 * KIB, 'tank')) }
  expect(await problems([disk('vdb'), disk('vdc')], { disks, imported: ['tank'] })).toEqual([
    [
      'pool-of-that-name-imported',
      'vdb was once in a ZFS pool called tank, and a pool tank is imported: to erase the disk would destroy that pool',
    ],
  ])
  expect(await problems([disk('vdb'), disk('vdc')], { disks, imported: ['other'] })).toEqual([])
  expect(await problems([disk('vdb')], { disks })).toEqual([])
})

test('a volume group that reaches another disk would be removed there too', async () => {
  const volume = (name: string, uuid: string) => ({ name, type: 'part', fstype: 'LVM2_member', uuid })
  const text = 'vg {\n physical_volumes {\n pv0 {\n id = "AAAAAA-1"\n }\n pv1 {\n id = "BBBBBB-2"\n'
  const disks = { '/dev/vdb1': holding({ 4608: new TextEncoder().encode(text) }) }
  const target = disk('vdb', volume('vdb1', 'AAAAAA-1'))
  expect(await problems([target, disk('vdc', volume('vdc1', 'BBBBBB-2'))], { disks })).toEqual([
    [
      'volume-group-shared',
      'vdb1 is in an LVM volume group together with vdc: to erase vdb would remove what is on vdc too',
    ],
  ])
  expect(await problems([target, disk('vdc', volume('vdc1', 'CCCCCC-3'))], { disks })).toEqual([])
  expect(await problems([target], { disks })).toEqual([])
})

test('a pool of our name that hides behind a partition table would be taken for the new one', async () => {
  const disks = { '/dev/vdc': holding(labelAt(SIZE - 240 * KIB, 'rpool')) }
  const found = await problems([disk('vdb'), disk('vdc')], { disks, pools: ['rpool'] })
  expect(found.map(([code]) => code)).toEqual(['pool-name-taken'])
  // One that is there to be seen is told once, by taken-names.ts.
  const seen = disk('vdc', { name: 'vdc1', type: 'part', fstype: 'zfs_member', label: 'rpool' })
  expect(await problems([disk('vdb'), seen], { disks, pools: ['rpool'] })).toEqual([])
  expect(await problems([disk('vdb'), disk('vdc')], { disks })).toEqual([])
})

test('every label on the disks of the plan is cleared, also one that wipefs has been at, and no other', async () => {
  const parts = [1, 2].map((at) => ({ name: `vdb${at}`, type: 'part', size: SIZE }))
  const machine = (target: object) =>
    fakeSystem({
      commands: {
        'lsblk -J -b -O': JSON.stringify({ blockdevices: [target, disk('vdc')] }),
        'zpool labelclear -f /dev/vdb2': '',
        'zpool labelclear -f /dev/vdb': { exitCode: 1 },
      },
      files: { '/dev/vdb': '' },
      links: { '/dev/disk/by-id/virtio-keystone-a': '/dev/vdb' },
      disks: {
        '/dev/vdb': holding(labelAt(SIZE - 240 * KIB, 'rpool')),
        '/dev/vdb1': holding({}),
        '/dev/vdb2': holding({ [16 * KIB]: label('tank') }),
        '/dev/vdc': holding(labelAt(16 * KIB, 'tank')),
      },
    })
  const cleared = async (target: object) => {
    const system = machine(target)
    await clearPoolLabels(system, zfsPlan)
    return system.runs()
  }
  // A disk with partitions keeps its table until disko has wiped each of them.
  expect(await cleared(disk('vdb', ...parts))).toEqual(['zpool labelclear -f /dev/vdb2'])
  expect(await cleared(disk('vdb'))).toEqual(['zpool labelclear -f /dev/vdb'])
})
