import { expect, test } from 'vitest'
import { Bug, CommandError } from '../system/errors.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { ext4Plan, taskContext, zfsPlan } from '../testing/task-context.ts'
import { install } from './install.ts'

const SYSTEM = '/nix/store/abc-nixos-system-primer-26.05'
const INSTALL = `nixos-install --root /mnt --system ${SYSTEM} --no-root-passwd --no-channel-copy --option fsync-store-paths true`
const outputs = { build: { systemPath: SYSTEM } }

test('installs the built system without asking anything', async () => {
  const stdout = 'building the configuration in ...\ninstalling the boot loader...\ninstallation finished!\n'
  const system = fakeSystem({ commands: { [INSTALL]: { stdout, stderr: 'Created /boot/EFI.\n' } } })
  const context = taskContext(system, { outputs })
  await install.run(context)
  expect(system.runs()).toEqual([INSTALL])
  expect(context.steps).toEqual([
    [0.1, 'copying the system'],
    [0.6, 'installing the boot loader'],
    [1, 'installed'],
  ])
  expect(context.logged).toContain('Created /boot/EFI.')
})

test('what nixos-install still has to fetch comes by the proxy of the plan', async () => {
  const proxy = 'http://proxy.example:3128'
  const plan = { ...zfsPlan, network: { ...zfsPlan.network, proxy } }
  const system = fakeSystem({ commands: { [INSTALL]: '' } })
  await install.run(taskContext(system, { plan, outputs }))
  expect(system.calls().map(({ options }) => options.proxy)).toEqual([proxy])
})

test('without a built system it is a bug', async () => {
  await expect(install.run(taskContext(fakeSystem()))).rejects.toBeInstanceOf(Bug)
})

test('is kept with a profile and something to boot on each ESP', async () => {
  const [disk] = zfsPlan.storage.disks
  const plan = {
    ...zfsPlan,
    storage: { ...zfsPlan.storage, disks: disk ? [disk, { ...disk, key: 'b', espMountpoint: '/boot2' }] : [] },
  }
  const links = { '/dev/disk/by-id/virtio-keystone-a': '/dev/vdb' }
  const verify = (files: Record<string, string>) =>
    install.verify(taskContext(fakeSystem({ files: { ...files, '/dev/vdb': '' }, links }), { plan }))
  const profile = { '/mnt/nix/var/nix/profiles/system': '' }
  const entry = { '/mnt/boot/loader/entries/nixos-generation-1.conf': '' }
  expect(await verify({ ...profile, ...entry, '/mnt/boot2/EFI/Linux/nixos.efi': '' })).toEqual([])
  expect((await verify({ ...entry })).map(({ message }) => message)).toEqual([
    'the target has no system profile',
    'there is nothing to boot on the EFI system partition at /mnt/boot2',
  ])
})

test('a disk of a pool that died in the middle does not end the install: the other starts the machine', async () => {
  const [disk] = zfsPlan.storage.disks
  const other = disk && { ...disk, key: 'b', id: '/dev/disk/by-id/virtio-keystone-b', espMountpoint: '/boot2' }
  const verify = async (plan: typeof zfsPlan, boot: string, present: Record<string, string>) => {
    const files = { '/mnt/nix/var/nix/profiles/system': '', [boot]: '', '/dev/vdb': '', '/dev/vdc': '' }
    const disks = disk && other ? [disk, other] : []
    const mirror = { ...plan, storage: { ...plan.storage, disks } }
    return (await install.verify(taskContext(fakeSystem({ files, links: present }), { plan: mirror }))).map(
      ({ path }) => path,
    )
  }
  const entry = '/mnt/boot/loader/entries/nixos-generation-1.conf'
  const first = { '/dev/disk/by-id/virtio-keystone-a': '/dev/vdb' }
  expect(await verify(zfsPlan, entry, first)).toEqual([])
  // One that is there and has nothing, and a machine that starts from nowhere, are no such thing.
  expect(await verify(zfsPlan, entry, { ...first, '/dev/disk/by-id/virtio-keystone-b': '/dev/vdc' })).toEqual([
    ['target', '/boot2'],
  ])
  expect(await verify(zfsPlan, '/mnt/x', first)).toEqual([
    ['target', '/boot'],
    ['target', '/boot2'],
  ])
  expect(await verify(ext4Plan, entry, first)).toEqual([['target', '/boot2']])
})

test('boot files that have another content than the loader was given are written again', async () => {
  const files = {
    '/mnt/nix/var/nix/profiles/system': '',
    '/mnt/boot/loader/entries/nixos-generation-1.conf': 'title NixOS\n',
    '/mnt/boot/loader/random-seed': 'one',
    '/mnt/boot/EFI/nixos/kernel.efi': 'kernel',
    '/mnt/boot/keystone/journal': 'one',
  }
  const system = (changes: Record<string, string> = {}) =>
    fakeSystem({ commands: { [INSTALL]: '' }, files: { ...files, ...changes } })
  const left = await install.run(taskContext(system(), { outputs }))
  expect(left?.bootFiles).toMatch(/^[0-9a-f]{64}$/)
  const check = (changes: Record<string, string>) =>
    install.check(taskContext(system(changes), { outputs: { ...outputs, ...(left && { install: left }) } }))
  expect(await check({})).toBe('done')
  expect(await check({ '/mnt/boot/loader/random-seed': 'two', '/mnt/boot/keystone/journal': 'two' })).toBe('done')
  expect(await check({ '/mnt/boot/EFI/nixos/kernel.efi': 'kernfl' })).toBe('todo')
})

test('a failure says which stage it was in, without a look at the words of the failure', async () => {
  const stdout = 'copying the system\nbuilding the configuration\ninstalling the boot loader...\n'
  const system = fakeSystem({ commands: { 'nixos-install *': { exitCode: 1, stdout } } })
  const context = taskContext(system, {
    outputs: { build: { systemPath: '/nix/store/abc-nixos-system-primer-26.05' } },
  })
  const failed = install.run(context)
  await expect(failed).rejects.toBeInstanceOf(CommandError)
  await expect(failed).rejects.toMatchObject({ stage: 'installing the boot loader', exitCode: 1 })
})
