import { expect, test } from 'vitest'
import { UserError } from '../system/errors.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { ext4Plan, zfsPlan } from '../testing/task-context.ts'
import { readOldGuids, readPoolGuids, refuseOldPools } from './pool-guids.ts'

test('reads the guid of each pool, and none where ZFS gives none', async () => {
  const line = 'zpool get -H -o value guid rpool'
  const at = (answer: string | { exitCode: number }) => fakeSystem({ commands: { [line]: answer } })
  expect(await readPoolGuids(at('17816927163498021\n'), zfsPlan)).toEqual({ rpool: '17816927163498021' })
  expect(await readPoolGuids(at({ exitCode: 1 }), zfsPlan)).toBeUndefined()
  expect(await readPoolGuids(fakeSystem(), ext4Plan)).toBeUndefined()
})

test('an old pool that outlived the wipe is not taken for the new one', async () => {
  const lsblk = {
    blockdevices: [
      { name: 'vdb', type: 'disk', children: [{ name: 'vdb3', type: 'part', fstype: 'zfs_member', uuid: '42' }] },
      { name: 'vdc', type: 'disk', fstype: 'ext4', uuid: '7' },
    ],
  }
  const system = fakeSystem({ commands: { 'lsblk -J -b -O': JSON.stringify(lsblk) } })
  const old = await readOldGuids(system, zfsPlan)
  expect([...old]).toEqual(['42'])
  expect(() => refuseOldPools({ rpool: '42' }, old)).toThrow(UserError)
  expect(() => refuseOldPools({ rpool: '43' }, old)).not.toThrow()
  expect(() => refuseOldPools(undefined, old)).not.toThrow()
  expect([...(await readOldGuids(fakeSystem(), ext4Plan))]).toEqual([])
})
