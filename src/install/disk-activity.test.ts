import { expect, test } from 'vitest'
import { fakeSystem } from '../testing/fake-system.ts'
import { dataPoolPlan, zfsPlan } from '../testing/task-context.ts'
import { parseDiskStat, readActivity } from './disk-activity.ts'

/** /sys/block/vda/stat of a virtual machine, Linux 6.18. */
const STAT =
  ' 2553728   171144 155321762  3342987  1241578  1613755 399928296  2782150        0   537696  6297799  1475296     5914 343898352   151862   161777    20799\n'

test('reads bytes and busy time of a recorded disk', () => {
  expect(parseDiskStat(STAT)).toEqual({ readBytes: 79_524_742_144, writtenBytes: 204_763_287_552, busyMs: 537_696 })
})

test.each(['', 'no numbers at all', '1 2 3', `${'x '.repeat(17)}`])('%j is no disk', (text) => {
  expect(parseDiskStat(text)).toBeNull()
})

test('all planned disks count together, and one that is gone does not count', async () => {
  const disks = {
    '/dev/disk/by-id/virtio-keystone-a': '/dev/vdb',
    '/dev/disk/by-id/virtio-keystone-b': '/dev/vdc',
  }
  const files = { '/sys/block/vdb/stat': STAT, '/sys/block/vdc/stat': STAT.replace('537696', '600000') }
  const both = fakeSystem({ links: disks, files: { ...files, '/dev/vdb': '', '/dev/vdc': '' } })
  expect(await readActivity(both, dataPoolPlan)).toEqual({
    readBytes: 159_049_484_288,
    writtenBytes: 409_526_575_104,
    busyMs: 600_000,
  })
  expect(await readActivity(fakeSystem(), zfsPlan)).toBeNull()
})
