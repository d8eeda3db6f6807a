import { expect, test } from 'vitest'
import type { System } from '../system/system.ts'
import { fakeSystem } from '../testing/fake-system.ts'
import { machineNames, machineSystem } from '../testing/machine.ts'
import { detectHardware } from './detect.ts'

// A new folder below testing/machines is a new test. After a wanted change: vitest -u, and read the difference.
test.each(machineNames())('detects the recorded machine %s as its hardware.json says', async (name) => {
  const found = `${JSON.stringify(await detectHardware(machineSystem(name)), null, 2)}\n`
  await expect(found).toMatchFileSnapshot(`../testing/machines/${name}/hardware.json`)
})

test('finds the lab: two free disks by serial, the medium and the bundle not free, TPM2, UEFI', async () => {
  const found = await detectHardware(machineSystem('lab'))
  expect(found.disks.map((disk) => [disk.id, disk.inUse, disk.isBootMedium, disk.isReadOnly])).toEqual([
    ['/dev/disk/by-id/virtio-keystone-b', null, false, false],
    ['/dev/disk/by-id/virtio-keystone-a', null, false, false],
    ['/dev/disk/by-id/virtio-keystone-bundle', 'mounted at /opt/keystone', false, true],
    ['/dev/disk/by-id/virtio-keystone-system', 'mounted at /', true, false],
  ])
  expect(found).toMatchObject({ firmware: 'uefi', tpm: { isUsable: true }, problems: [] })
})

test('a machine where nothing can be read gives unknowns and problems, never an error', async () => {
  const found = await detectHardware(
    fakeSystem({ commands: { 'lsblk *': { missing: true }, 'ip *': { missing: true } } }),
  )
  expect(found).toMatchObject({ memoryBytes: 'unknown', firmware: 'unknown', disks: [], interfaces: [] })
  expect(found.problems.map((problem) => problem.code)).toEqual([
    'cannot-read-cpu',
    'cannot-read-memory',
    'cannot-read-firmware',
    'cannot-read-tpm',
    'cannot-read-disks',
    'cannot-read-network',
  ])
})

test('a part that breaks takes no other part with it', async () => {
  const broken: System = {
    ...machineSystem('lab'),
    listDirectory: async () => {
      throw new Error('input/output error')
    },
  }
  const found = await detectHardware(broken)
  expect(found.cpu.threads).toBe(2)
  expect(found.tpm.isUsable).toBe(true)
  expect(found.problems.map((problem) => problem.code)).toEqual([
    'cannot-read-firmware',
    'cannot-read-disks',
    'cannot-read-network',
  ])
})

test.each([
  ['lsblk fails', { exitCode: 1, stderr: 'lsblk: failed' }],
  ['lsblk writes nonsense', 'NAME MAJ:MIN'],
])('%s: no disks and a problem', async (_, answer) => {
  const system = fakeSystem({ commands: { 'lsblk *': answer, 'ip *': '[]' } })
  const { disks, problems } = await detectHardware(system)
  expect(disks).toEqual([])
  expect(problems.map((problem) => problem.code)).toContain('cannot-read-disks')
})

test('tells each part as it is known', async () => {
  const parts: string[] = []
  await detectHardware(machineSystem('lab'), { onPart: (part) => parts.push(...Object.keys(part)) })
  expect(parts.sort()).toEqual(['cpu', 'disks', 'firmware', 'interfaces', 'memoryBytes', 'secureBoot', 'tpm'])
})

test('does not wait for a machine name that does not come, and survives one that fails', async () => {
  const late = await detectHardware(machineSystem('lab'), { identify: () => new Promise(() => {}) })
  expect(late.machine).toEqual({ vendor: 'unknown', product: 'unknown' })
  const failing = await detectHardware(machineSystem('lab'), { identify: () => Promise.reject(new Error('no DMI')) })
  expect(failing.machine).toEqual({ vendor: 'unknown', product: 'unknown' })
})
