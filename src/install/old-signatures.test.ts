import { expect, test } from 'vitest'
import { fakeSystem } from '../testing/fake-system.ts'
import { deviceFiles, ext4Plan, links, lsblkAnswer, lsblkLine, zfsPlan } from '../testing/task-context.ts'
import { findOldSignatures } from './old-signatures.ts'

/** As `wipefs --no-act --json` of util-linux 2.38 writes them. */
const wipefs = (...types: (string | readonly [type: string, label: string])[]) =>
  JSON.stringify({
    signatures: types.map((one) => {
      const [type, label] = typeof one === 'string' ? [one, null] : one
      return { device: 'x', offset: '0x0', type, uuid: null, label }
    }),
  })
const TABLE = wipefs('gpt', 'gpt', 'PMBR')
const NO_POOL = { exitCode: 1, stderr: 'no pools available to import\n' }

async function found(
  plan: typeof zfsPlan,
  parts: Readonly<Record<string, string>>,
  { disk = TABLE, pools = NO_POOL as string | { exitCode: number } } = {},
) {
  const children = Object.keys(parts).map((partlabel, index) => ({ name: `vdb${index + 1}`, type: 'part', partlabel }))
  const system = fakeSystem({
    commands: {
      [lsblkLine]: lsblkAnswer({ children }),
      'wipefs --no-act --json /dev/vdb': disk,
      ...Object.fromEntries(
        Object.values(parts).map((answer, index) => [`wipefs --no-act --json /dev/vdb${index + 1}`, answer]),
      ),
      'zpool import': pools,
    },
    files: deviceFiles,
    links,
  })
  return (await findOldSignatures(system, plan)).map(({ code, message }) => [code, message])
}

const ESP = { 'disk-a-esp': wipefs('vfat', 'vfat', 'vfat') }

test('what the plan puts there is nothing old', async () => {
  expect(
    await found(ext4Plan, { ...ESP, 'disk-a-swap': wipefs(), 'disk-a-root': wipefs('crypto_LUKS', 'crypto_LUKS') }),
  ).toEqual([])
  const member = ['zfs_member', 'rpool'] as const
  expect(await found(zfsPlan, { ...ESP, 'disk-a-zfs': wipefs(member, member, member) })).toEqual([])
})

test('a second signature on a partition, and any on one that has none, outlived the wipe', async () => {
  const parts = { ...ESP, 'disk-a-swap': wipefs('LVM2_member'), 'disk-a-root': wipefs('ext4', 'linux_raid_member') }
  expect(await found(ext4Plan, parts)).toEqual([
    ['old-signature-left', '/dev/vdb2 still has the signature of something older: LVM2_member'],
    ['old-signature-left', '/dev/vdb3 still has the signature of something older: linux_raid_member'],
  ])
})

test('a disk with a partition table has nothing else', async () => {
  const disk = wipefs('gpt', 'PMBR', ['zfs_member', 'tank'])
  expect((await found(ext4Plan, ESP, { disk })).map(([, message]) => message)).toEqual([
    '/dev/vdb still has the signature of something older: zfs_member, zfs_member (tank)',
  ])
})

test('a member of another pool is not one of ours', async () => {
  const parts = { ...ESP, 'disk-a-zfs': wipefs(['zfs_member', 'rpool'], ['zfs_member', 'tank']) }
  expect((await found(zfsPlan, parts)).map(([, message]) => message)).toEqual([
    '/dev/vdb2 still has the signature of something older: zfs_member (tank)',
  ])
})

test('a pool of our name that can still be imported is an old one, for ours is open', async () => {
  const listed = (name: string) =>
    `   pool: ${name}\n     id: 4711\n  state: ONLINE\n action: The pool can be imported using its name or numeric identifier.\n config:\n\n\t${name}  ONLINE\n\t  vdb  ONLINE\n`
  expect(await found(zfsPlan, ESP, { pools: listed('tank') + listed('rpool') })).toEqual([
    [
      'old-pool-left',
      'an old pool called rpool (4711) can still be found on the disks: the new one could be mistaken for it',
    ],
  ])
  expect(await found(ext4Plan, ESP, { pools: listed('rpool') })).toEqual([])
})
