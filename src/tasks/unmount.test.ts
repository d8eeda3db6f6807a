import { expect, test } from 'vitest'
import type { PlannedDisk } from '../model/plan.ts'
import type { System } from '../system/system.ts'
import { fakeSystem } from '../testing/fake-system.ts'
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
  taskContext,
  zfsMounted,
} from '../testing/task-context.ts'
import { unmount } from './unmount.ts'

test('lets go of the target in the order that does not block the kernel', async () => {
  const system = fakeSystem({
    commands: {
      'zpool list -H -o name,health rpool': 'rpool\tONLINE\n',
      'umount -R /mnt': '',
      'cryptsetup close credstore': '',
      'udevadm settle --timeout=30': '',
      [devicesLine]: noMapping,
      'zpool export rpool': '',
    },
  })
  const context = taskContext(system)
  await unmount.run(context)
  expect(context.notices).toEqual([])
  expect(system.runs()).toEqual([
    'umount -R /mnt',
    'cryptsetup close credstore',
    'udevadm settle --timeout=30',
    devicesLine,
    'zpool export rpool',
  ])
})

test('a pool without one of its disks is told, and let go like any other', async () => {
  const system = fakeSystem({
    commands: {
      'zpool list -H -o name,health data rpool': 'data\tONLINE\nrpool\tDEGRADED\n',
      'umount -R /mnt': '',
      'cryptsetup close credstore': '',
      'udevadm settle --timeout=30': '',
      [devicesLine]: noMapping,
      'zpool export data': '',
      'zpool export rpool': '',
    },
  })
  const context = taskContext(system, { plan: dataPoolPlan })
  await unmount.run(context)
  expect(context.notices).toEqual([
    ['pool-degraded', 'the pool rpool is DEGRADED: one of its disks is missing or broken, look at zpool status'],
  ])
  expect(system.runs().at(-1)).toBe('zpool export rpool')
})

test('takes the journal from the esp before it unmounts it: an install that is done is not offered again', async () => {
  const journal = '/mnt/boot/keystone/journal'
  const there: boolean[] = []
  const system = fakeSystem({
    commands: {
      'umount -R /mnt': async () => {
        there.push(await system.exists(journal))
        return ''
      },
      'cryptsetup close cryptroot': '',
      'udevadm settle --timeout=30': '',
      [devicesLine]: noMapping,
    },
    files: { [journal]: new Uint8Array(512), '/mnt/boot2/keystone/journal': new Uint8Array(512) },
  })
  const { storage } = ext4Plan
  const second = { ...(storage.disks[0] as PlannedDisk), key: 'b', espMountpoint: '/boot2' }
  const plan = { ...ext4Plan, storage: { ...storage, disks: [...storage.disks, second] } }
  await unmount.run(taskContext(system, { plan }))
  expect(there).toEqual([false])
  // The copy first: an older one must not be left alone.
  expect(system.removed()).toEqual(['/mnt/boot2/keystone/journal', journal])
})

test('leaves its mark on every esp before a journal goes: a cut in between leaves both, and never neither', async () => {
  const { storage } = ext4Plan
  const second = { ...(storage.disks[0] as PlannedDisk), key: 'b', espMountpoint: '/boot2' }
  const plan = { ...ext4Plan, storage: { ...storage, disks: [...storage.disks, second] } }
  const journals = ['/mnt/boot2/keystone/journal', '/mnt/boot/keystone/journal']
  const marks = ['/mnt/boot/keystone/installed', '/mnt/boot2/keystone/installed']
  const system = fakeSystem({
    commands: {
      'umount -R /mnt': '',
      'cryptsetup close cryptroot': '',
      'udevadm settle --timeout=30': '',
      [devicesLine]: noMapping,
    },
    files: Object.fromEntries(journals.map((file) => [file, new Uint8Array(512)])),
    now: () => new Date('2026-11-23T20:01:00.000Z'),
  })
  const order: string[] = []
  const watched: System = {
    ...system,
    async writeFile(path, content, options) {
      await system.writeFile(path, content, options)
      order.push(path)
    },
    async removeFile(path) {
      await system.removeFile(path)
      order.push(path)
    },
  }
  await unmount.run(taskContext(watched, { plan }))
  expect(order).toEqual([...marks, ...journals])
  const [mark, other] = marks.map((file) => system.written().get(file))
  expect(mark).toEqual(other)
  expect(mark?.mode).toBe(0o600)
  expect(JSON.parse(mark?.content ?? '')).toEqual({
    format: 1,
    planHash: 'beef',
    answersHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    hostName: 'primer',
    installerVersion: '1.2.3',
    finishedAt: '2026-11-23T20:01:00.000Z',
  })
})

test('an esp that takes no mark stops nothing, and the others have theirs', async () => {
  const { storage } = ext4Plan
  const second = { ...(storage.disks[0] as PlannedDisk), key: 'b', espMountpoint: '/boot2' }
  const plan = { ...ext4Plan, storage: { ...storage, disks: [...storage.disks, second] } }
  const system = fakeSystem({
    commands: {
      'umount -R /mnt': '',
      'cryptsetup close cryptroot': '',
      'udevadm settle --timeout=30': '',
      [devicesLine]: noMapping,
    },
  })
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' })
  const broken: System = {
    ...system,
    writeFile: (path, content, options) =>
      path.startsWith('/mnt/boot/') ? Promise.reject(full) : system.writeFile(path, content, options),
  }
  const context = taskContext(broken, { plan })
  await unmount.run(context)
  expect(context.logged).toEqual([
    '/mnt/boot/keystone/installed cannot be written, so the disk does not tell that it is installed: ENOSPC: no space left on device, write',
  ])
  expect([...system.written().keys()]).toContain('/mnt/boot2/keystone/installed')
})

test('an esp on a disk that is gone keeps its journal, and stops nothing', async () => {
  const system = fakeSystem({
    commands: {
      'umount -R /mnt': '',
      'cryptsetup close cryptroot': '',
      'udevadm settle --timeout=30': '',
      [devicesLine]: noMapping,
    },
  })
  const refused = Object.assign(new Error('EIO: i/o error, unlink'), { code: 'EIO', syscall: 'unlink' })
  const broken = { ...system, removeFile: () => Promise.reject(refused) }
  const context = taskContext(broken, { plan: ext4Plan })
  await unmount.run(context)
  expect(context.logged).toEqual(['/mnt/boot/keystone/journal stays: EIO: i/o error, unlink'])
  expect(system.runs()[0]).toBe('umount -R /mnt')
})

test('ext4 has a mapping and no pool', async () => {
  const system = fakeSystem({
    commands: {
      'umount -R /mnt': '',
      'cryptsetup close cryptroot': '',
      'udevadm settle --timeout=30': '',
      [devicesLine]: noMapping,
    },
  })
  await unmount.run(taskContext(system, { plan: ext4Plan }))
  expect(system.runs().at(-1)).toBe(devicesLine)
})

test('is kept when nothing is held, and names what is', async () => {
  const at = (commands: Record<string, string>) => taskContext(fakeSystem({ commands, files: deviceFiles, links }))
  const free = at({ [mountsLine]: nothingMounted, [devicesLine]: noMapping, 'zpool list -H -o name': '' })
  expect(await unmount.verify(free)).toEqual([])
  expect(await unmount.check(free)).toBe('done')
  const held = at({
    [mountsLine]: zfsMounted,
    [devicesLine]: openMapping('credstore'),
    'zpool list -H -o name': 'rpool\n',
  })
  expect((await unmount.verify(held)).map(({ message }) => message)).toEqual([
    '/mnt is still mounted',
    'the encrypted device credstore is still open',
    'the pool rpool is still imported',
  ])
})
