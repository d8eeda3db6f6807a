import { expect, test } from 'vitest'
import { MIB } from '../model/size.ts'
import { type FakeOptions, fakeSystem } from '../testing/fake-system.ts'
import { plainPlan, zfsPlan } from '../testing/task-context.ts'
import { findUnreadiness, findWrongClock } from './machine-readiness.ts'

const found = async (options: FakeOptions, plan = zfsPlan) =>
  (await findUnreadiness(fakeSystem(options), plan)).map(({ code, message }) => [code, message])

test('what is not known is no problem', async () => {
  expect(await found({})).toEqual([])
})

test('needs room for temporary files, in bytes and in files', async () => {
  const free = { '/tmp': { bytes: 64 * MIB, inodes: 1000 }, '/run': { bytes: 64 * MIB, inodes: null } }
  expect(await found({ free })).toEqual([])
  expect(await found({ free: { ...free, '/tmp': { bytes: 64 * MIB - 1 } } })).toEqual([
    ['tmp-full', expect.stringMatching(/^\/tmp has \S+ \S+ left, and the install needs 64 MiB$/)],
  ])
  expect(await found({ free: { '/run': { bytes: 64 * MIB, inodes: 3 } } })).toEqual([
    ['tmp-full', '/run has room for 3 files left, and the install needs 64 MiB'],
  ])
})

test('swap in compressed memory is memory; on a disk it would keep secrets', async () => {
  const swaps = (...lines: string[]) => ({
    files: { '/proc/swaps': ['Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority', ...lines, ''].join('\n') },
  })
  expect(await found(swaps('/dev/zram0                              partition\t999\t0\t5'))).toEqual([])
  expect(
    await found(swaps('/dev/zram0 partition 1 0 5', '/dev/vdc2 partition 1 0 -2', '/swapfile file 1 0 -3')),
  ).toEqual([
    ['swap-on-disk', '/dev/vdc2 is used as swap: a secret could be written to it'],
    ['swap-on-disk', '/swapfile is used as swap: a secret could be written to it'],
  ])
})

test('the boot entry needs variables of the firmware that can be written', async () => {
  const mounted = (options: string) => ({
    files: {
      '/sys/firmware/efi/efivars/x': '',
      '/proc/self/mounts': `efivarfs /sys/firmware/efi/efivars efivarfs ${options},nosuid 0 0\n`,
    },
    commands: { 'findmnt *': '{"filesystems":[{"size":0,"avail":0}]}' },
  })
  expect(await found(mounted('rw'))).toEqual([])
  expect(await found(mounted('ro'))).toEqual([
    [
      'efi-variables-read-only',
      "the firmware's variables are mounted read-only, so no boot entry could be written at the end",
    ],
  ])
})

test('a clock before the installer was made is wrong, whatever the time zone of the firmware', () => {
  const builtAt = '2026-05-30T10:00:00Z'
  expect(findWrongClock(new Date('2026-05-29T10:00:00Z'), builtAt)).toEqual([])
  expect(findWrongClock(new Date('2026-05-29T09:59:59Z'), builtAt)).toMatchObject([{ code: 'clock-wrong' }])
  expect(findWrongClock(new Date('1980-01-01T00:00:10Z'), builtAt)[0]?.message).toBe(
    'the clock says 1980-01-01, which is before this installer was made',
  )
  expect(findWrongClock(new Date('1980-01-01T00:00:10Z'), null)).toEqual([])
})

test('a module whose file is gone is missed only by a plan that needs it', async () => {
  const folder = '/run/booted-system/kernel-modules/lib/modules/6.12.0'
  const files = {
    '/proc/sys/kernel/osrelease': '6.12.0\n',
    [`${folder}/modules.dep`]: 'kernel/drivers/md/dm-crypt.ko.xz:\nextra/zfs.ko.xz: extra/spl.ko.xz\n',
    [`${folder}/modules.builtin`]: '',
    [`${folder}/kernel/drivers/md/dm-crypt.ko.xz`]: '',
  }
  expect(await found({ files })).toEqual([
    ['module-missing', 'the running kernel has no module zfs, which the disks of this plan need'],
  ])
  expect(await found({ files: { ...files, [`${folder}/extra/zfs.ko.xz`]: '' } })).toEqual([])
  expect(await found({ files: { ...files, '/sys/module/zfs/version': '' } })).toEqual([])
  expect(await found({ files }, { ...plainPlan, storage: { ...plainPlan.storage, pool: null } })).toEqual([])
})
