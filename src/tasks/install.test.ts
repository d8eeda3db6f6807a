import { expect, test } from 'vitest'
import { Bug } from '../system/errors.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { taskContext, zfsPlan } from '../testing/task-context.ts'
import { install } from './install.ts'

const SYSTEM = '/nix/store/abc-nixos-system-primer-26.05'
const INSTALL = `nixos-install --root /mnt --system ${SYSTEM} --no-root-passwd --no-channel-copy`
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
  const verify = (files: Record<string, string>) => install.verify(taskContext(fakeSystem({ files }), { plan }))
  const profile = { '/mnt/nix/var/nix/profiles/system': '' }
  const entry = { '/mnt/boot/loader/entries/nixos-generation-1.conf': '' }
  expect(await verify({ ...profile, ...entry, '/mnt/boot2/EFI/Linux/nixos.efi': '' })).toEqual([])
  expect((await verify({ ...entry })).map(({ message }) => message)).toEqual([
    'the target has no system profile',
    'there is nothing to boot on the EFI system partition at /mnt/boot2',
  ])
})
