import { expect, test } from 'vitest'
import { CommandError, UserError } from '../system/errors.ts'
import { type FakeAnswer, fakeSystem } from '../testing/fake-system.ts'
import {
  dataPoolPlan,
  deviceFiles,
  devicesLine,
  ext4Plan,
  links,
  mountsLine,
  noMapping,
  nothingMounted,
  openMapping,
  plainPlan,
  zfsPlan,
} from '../testing/task-context.ts'
import { expectedHold, findHold, releaseTarget } from './release-target.ts'

const CLOSE = 'cryptsetup close credstore'
const SETTLE = 'udevadm settle --timeout=30'
const EXPORT = 'zpool export rpool'
const AT_ONCE = { attempts: 3, pauseMs: 0 }

const machine = (commands: Record<string, FakeAnswer | readonly FakeAnswer[]>) =>
  fakeSystem({ commands: { 'umount -R /mnt': '', [CLOSE]: '', [SETTLE]: '', [EXPORT]: '', ...commands } })

test('unmounts, closes the credstore, sees it closed, and only then exports the pool', async () => {
  const system = machine({ [devicesLine]: noMapping })
  await releaseTarget(system, expectedHold(zfsPlan), AT_ONCE)
  expect(system.runs()).toEqual(['umount -R /mnt', CLOSE, SETTLE, devicesLine, EXPORT])
})

test('tries again while udev holds the mapping', async () => {
  const system = machine({
    [CLOSE]: [{ exitCode: 5 }, ''],
    [devicesLine]: [openMapping('credstore'), noMapping],
  })
  await releaseTarget(system, expectedHold(zfsPlan), AT_ONCE)
  expect(system.runs().slice(1)).toEqual([CLOSE, SETTLE, devicesLine, CLOSE, SETTLE, devicesLine, EXPORT])
})

test('never exports the pool while the mapping on its zvol is open', async () => {
  const system = machine({ [CLOSE]: { exitCode: 5 }, [devicesLine]: openMapping('credstore') })
  await expect(releaseTarget(system, expectedHold(zfsPlan), AT_ONCE)).rejects.toBeInstanceOf(UserError)
  expect(system.runs().filter((line) => line === CLOSE)).toHaveLength(3)
  expect(system.runs()).not.toContain(EXPORT)
})

test('closes what is left of a disk that was pulled out, which is in no tree of lsblk', async () => {
  const dm = { '/sys/block/dm-0/dm/name': 'cryptroot\n', '/sys/block/dm-0/dm/uuid': 'CRYPT-LUKS2-7135748e-cryptroot\n' }
  const commands = { [mountsLine]: nothingMounted, [devicesLine]: noMapping, [SETTLE]: '' }
  const open = fakeSystem({
    commands: { ...commands, 'cryptsetup close cryptroot': { exitCode: 5 } },
    files: dm,
    links,
  })
  expect((await findHold(open, ext4Plan)).mapping).toBe('cryptroot')
  await expect(releaseTarget(open, { ...expectedHold(ext4Plan), mounts: [] }, AT_ONCE)).rejects.toBeInstanceOf(
    UserError,
  )
  const other = { ...dm, '/sys/block/dm-0/dm/uuid': 'LVM-4a5b\n' }
  const volume = fakeSystem({ commands, files: other, links })
  expect((await findHold(volume, ext4Plan)).mapping).toBeNull()
})

test('tries a busy pool again, never by force, and gives up in the end', async () => {
  const patient = machine({ [devicesLine]: noMapping, [EXPORT]: [{ exitCode: 1 }, ''] })
  await releaseTarget(patient, expectedHold(zfsPlan), AT_ONCE)
  expect(patient.runs().slice(4)).toEqual([EXPORT, SETTLE, EXPORT])
  const busy = machine({ [devicesLine]: noMapping, [EXPORT]: { exitCode: 1 } })
  await expect(releaseTarget(busy, expectedHold(zfsPlan), AT_ONCE)).rejects.toBeInstanceOf(CommandError)
  expect(busy.runs().filter((line) => line.startsWith('zpool'))).toEqual([EXPORT, EXPORT, EXPORT])
})

test('ext4 has no pool to export', async () => {
  const system = machine({ [devicesLine]: noMapping, 'cryptsetup close cryptroot': '' })
  await releaseTarget(system, expectedHold(ext4Plan), AT_ONCE)
  expect(system.runs()).toEqual(['umount -R /mnt', 'cryptsetup close cryptroot', SETTLE, devicesLine])
})

test('with a data pool both are exported, that one first, and what is there is found', async () => {
  const system = machine({ [devicesLine]: noMapping, 'zpool export data': '' })
  await releaseTarget(system, expectedHold(dataPoolPlan), AT_ONCE)
  expect(system.runs().slice(-2)).toEqual(['zpool export data', EXPORT])
  const left = fakeSystem({
    commands: { [mountsLine]: nothingMounted, [devicesLine]: noMapping, 'zpool list -H -o name': 'tank\ndata\n' },
    links,
  })
  expect((await findHold(left, dataPoolPlan)).pools).toEqual(['data'])
})

test('without encryption there is no mapping to look for', async () => {
  const system = machine({})
  await releaseTarget(system, expectedHold(plainPlan), AT_ONCE)
  expect(system.runs()).toEqual(['umount -R /mnt', EXPORT])
})

test('finds swap on the target disks, and not on others', async () => {
  const system = fakeSystem({
    commands: { [mountsLine]: nothingMounted, [devicesLine]: noMapping, 'zpool list -H -o name': '' },
    files: {
      ...deviceFiles,
      '/proc/swaps':
        'Filename\tType\tSize\tUsed\tPriority\n/dev/vdb2  partition\t1\t0\t-2\n/dev/vda3 partition 1 0 -3\n/swapfile file 1 0 -4\n',
    },
    links,
  })
  expect(await findHold(system, zfsPlan)).toEqual({ mounts: [], swaps: ['/dev/vdb2'], mapping: null, pools: [] })
})

test('where there is no ZFS, no pool is imported', async () => {
  const system = fakeSystem({
    commands: { [mountsLine]: nothingMounted, [devicesLine]: noMapping, 'zpool list -H -o name': { missing: true } },
  })
  expect((await findHold(system, zfsPlan)).pools).toEqual([])
})
