import { expect, test } from 'vitest'
import { fakeSystem } from '../testing/fake-system.ts'
import { ext4Plan, taskContext, zfsPlan } from '../testing/task-context.ts'
import { copyLog } from './copy-log.ts'
import { finish } from './finish.ts'
import { hardwareConfig } from './hardware-config.ts'
import { stagePhases } from './stage-phases.ts'
import { writeConfig } from './write-config.ts'

// The tasks that write files to the target, or look whether a program did.

const GENERATE = 'nixos-generate-config --root /mnt --no-filesystems --dir /mnt/etc/nixos/hosts/primer'
const HARDWARE_FILE = '/mnt/etc/nixos/hosts/primer/hardware-configuration.nix'

test('hardware-config writes to the folder of the host and leaves the file systems to disko', async () => {
  const system = fakeSystem({ commands: { [GENERATE]: '' } })
  await hardwareConfig.run(taskContext(system))
  expect(system.runs()).toEqual([GENERATE])
})

test('hardware-config is kept when its file has something in it', async () => {
  const verify = (files: Record<string, string>) => hardwareConfig.verify(taskContext(fakeSystem({ files })))
  expect(await verify({ [HARDWARE_FILE]: '{ }\n' })).toEqual([])
  expect(await verify({ [HARDWARE_FILE]: '\n' })).toMatchObject([{ code: 'file-missing' }])
  expect(await verify({})).toMatchObject([{ code: 'file-missing', message: `${HARDWARE_FILE} was not written` }])
})

test('write-config puts the files into place and keeps what was found out about the machine', async () => {
  const system = fakeSystem({ files: { [HARDWARE_FILE]: '{ found = true; }\n' } })
  const rendered = { path: '/etc/nixos/hosts/primer/hardware-configuration.nix', content: '{ }\n', mode: 0o644 }
  const module = { path: '/etc/nixos/modules/keystone/primer.nix', content: '{ primer = 1; }\n', mode: 0o640 }
  const context = taskContext(system, { files: [rendered, module] })
  await writeConfig.run(context)
  expect([...system.written()]).toEqual([
    ['/mnt/etc/nixos/modules/keystone/primer.nix', { content: '{ primer = 1; }\n', mode: 0o640, wasSecret: false }],
  ])
  expect(system.madeDirectories().get('/mnt/etc/nixos/modules/keystone')).toBe(0o755)
  expect(await writeConfig.verify(context)).toEqual([])
  expect(await writeConfig.check(context)).toBe('done')
})

test('write-config notices a file that is missing or another', async () => {
  const system = fakeSystem({ files: { '/mnt/etc/nixos/hosts/primer/disko-config.nix': 'something else' } })
  expect((await writeConfig.verify(taskContext(system))).map(({ code, message }) => [code, message])).toEqual([
    ['file-differs', '/mnt/etc/nixos/hosts/primer/disko-config.nix is not what was written'],
    ['file-missing', '/mnt/etc/nixos/flake.nix was not written'],
  ])
  expect(await writeConfig.check(taskContext(system))).toBe('todo')
})

test('stage-phases leaves the scripts and the facts they need', async () => {
  const system = fakeSystem()
  const context = taskContext(system, { plan: { ...zfsPlan, unlock: 'tpm-pin' } })
  await stagePhases.run(context)
  expect(system.written().get('/mnt/var/lib/keystone/phases/first-boot')).toEqual({
    content: '#!/bin/sh\n',
    mode: 0o755,
    wasSecret: false,
  })
  const facts = system.written().get('/mnt/etc/keystone/install.json')
  expect(facts?.mode).toBe(0o644)
  expect(JSON.parse(facts?.content ?? '')).toEqual({
    planHash: 'f00d',
    layout: 'single-zfs',
    unlock: 'tpm-pin',
    luksDevice: '/dev/zvol/rpool/credstore',
    luksName: 'credstore',
    pool: 'rpool',
    dataPool: null,
    espMountpoints: ['/boot'],
    hostName: 'primer',
  })
  expect(await stagePhases.verify(context)).toEqual([])
})

test('stage-phases names the LUKS partition of an ext4 system, and no pool', async () => {
  const system = fakeSystem()
  await stagePhases.run(taskContext(system, { plan: ext4Plan }))
  expect(JSON.parse(system.written().get('/mnt/etc/keystone/install.json')?.content ?? '')).toMatchObject({
    luksDevice: '/dev/disk/by-partlabel/disk-a-root',
    luksName: 'cryptroot',
    pool: null,
  })
})

test('stage-phases names the ESPs of the boot disks and the data pool, and no key where nothing is encrypted', async () => {
  const system = fakeSystem()
  const [disk] = zfsPlan.storage.disks
  if (disk === undefined) throw new Error('the plan has a disk')
  const data = { layout: 'single', pool: 'data', vdevs: [], datasets: [], usableBytes: 1, space: [] } as const
  const storage = {
    ...zfsPlan.storage,
    luksDevice: null,
    luksName: null,
    disks: [disk, { ...disk, key: 'b', espMountpoint: '/boot2' }, { ...disk, key: 'data1', espMountpoint: null }],
    dataPool: data,
  }
  await stagePhases.run(taskContext(system, { plan: { ...zfsPlan, unlock: 'none', storage } }))
  expect(JSON.parse(system.written().get('/mnt/etc/keystone/install.json')?.content ?? '')).toMatchObject({
    unlock: 'none',
    luksDevice: null,
    luksName: null,
    dataPool: 'data',
    espMountpoints: ['/boot', '/boot2'],
  })
})

test('copy-log copies the log and the plan, not for everyone to read', async () => {
  const system = fakeSystem({ files: { '/var/log/keystone-install.log': '2026 $ disko\n' } })
  const context = taskContext(system)
  await copyLog.run(context)
  expect(system.written().get('/mnt/var/log/keystone-install.log')).toEqual({
    content: '2026 $ disko\n',
    mode: 0o640,
    wasSecret: false,
  })
  const plan = system.written().get('/mnt/var/lib/keystone/plan.json')
  expect(plan?.mode).toBe(0o640)
  expect(JSON.parse(plan?.content ?? '')).toEqual(zfsPlan)
  expect(await copyLog.verify(context)).toEqual([])
  expect(await copyLog.verify(taskContext(fakeSystem()))).toHaveLength(2)
})

test('finish syncs the disks and leaves nothing in memory files', async () => {
  const files = { '/run/keystone/passphrase': 'left', '/run/keystone/disko-config.nix': '{ }' }
  const system = fakeSystem({ commands: { sync: '' }, files })
  const context = taskContext(system)
  expect(await finish.verify(context)).toMatchObject([{ code: 'file-left' }, { code: 'file-left' }])
  await finish.run(context)
  expect(system.runs()).toEqual(['sync'])
  expect(await finish.verify(context)).toEqual([])
  expect(context.logged).toEqual([
    'primer is installed on /dev/disk/by-id/virtio-keystone-a, plan f00d',
    'it unlocks by the TPM or the passphrase',
  ])
})

test('hardware-config is not kept when a power cut has left only its beginning', async () => {
  const at = (text: string) =>
    hardwareConfig.check(
      taskContext(fakeSystem({ files: { '/mnt/etc/nixos/hosts/primer/hardware-configuration.nix': text } })),
    )
  expect(await at('{ ... }:\n{ boot = 1; }\n')).toBe('done')
  expect(await at('{ ... }:\n{ boot =')).toBe('todo')
})

test('copy-log keeps the journal of the install too, as it is', async () => {
  const bytes = Uint8Array.from([75, 0, 255, 10])
  const system = fakeSystem({ files: { '/var/lib/keystone-installer/journal.jsonl': bytes } })
  await copyLog.run(taskContext(system))
  expect(await system.readBytes('/mnt/var/lib/keystone/install-journal')).toEqual(bytes)
  expect(system.written().get('/mnt/var/lib/keystone/install-journal')?.mode).toBe(0o640)
})
