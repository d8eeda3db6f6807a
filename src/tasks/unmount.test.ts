import { expect, test } from 'vitest'
import { fakeSystem } from '../testing/fake-system.ts'
import {
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
      'umount -R /mnt': '',
      'cryptsetup close credstore': '',
      'udevadm settle --timeout=30': '',
      [devicesLine]: noMapping,
      'zpool export rpool': '',
    },
  })
  await unmount.run(taskContext(system))
  expect(system.runs()).toEqual([
    'umount -R /mnt',
    'cryptsetup close credstore',
    'udevadm settle --timeout=30',
    devicesLine,
    'zpool export rpool',
  ])
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
