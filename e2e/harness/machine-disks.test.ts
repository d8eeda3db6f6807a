import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MachineDisks } from './machine-disks.ts'
import type { Hardware } from './qemu-args.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ks-places-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('a disk goes into its empty place, with a serial of its own, and the place is no empty one any more', async () => {
  const said: (readonly [string, unknown])[] = []
  const control = {
    async execute(command: string, args: Record<string, unknown> = {}) {
      said.push([command, args])
    },
    onEvent: () => () => {},
  }
  const hardware: Hardware = {
    memoryMiB: 512,
    net: false,
    tpm: false,
    diskIds: ['keystone-a', 'keystone-b', 'keystone-c'],
    ports: ['keystone-b', 'keystone-c'],
  }
  const disks = new MachineDisks(folder, hardware, [], () => control)
  await disks.plug({ id: 'keystone-b', sizeBytes: 2 ** 20, backend: 'nbd', serial: 'twin' })
  expect(said).toEqual([
    ['object-add', { 'qom-type': 'throttle-group', id: 'tg-keystone-b' }],
    [
      'blockdev-add',
      {
        driver: 'nbd',
        'node-name': 'img-keystone-b',
        discard: 'unmap',
        server: { type: 'unix', path: join(folder, 'keystone-b.nbd.sock') },
        'reconnect-delay': 0,
      },
    ],
    [
      'blockdev-add',
      {
        driver: 'throttle',
        'node-name': 'disk-keystone-b',
        'throttle-group': 'tg-keystone-b',
        file: 'img-keystone-b',
        discard: 'unmap',
      },
    ],
    ['device_add', expect.objectContaining({ id: 'keystone-b', serial: 'twin', bus: 'port-keystone-b', bootindex: 2 })],
  ])
  expect(disks.hardwareNow()).toEqual({ ...hardware, ports: ['keystone-c'], serials: { 'keystone-b': 'twin' } })
  expect(() => disks.imagesToKeep()).toThrow('keystone-b is served by NBD and cannot be kept')
  expect(disks.files).toEqual([join(folder, 'disk-keystone-b.nbd')])
  await expect(disks.plug({ id: 'keystone-b', sizeBytes: 1 })).rejects.toThrow('there is a disk keystone-b already')
  await expect(disks.plug({ id: 'keystone-a', sizeBytes: 1 })).rejects.toThrow('no empty place keystone-a')
  await disks.losePower('none', 0)
  expect(disks.nbd('keystone-b').log().losses).toHaveLength(1)
  await disks.close()
  await disks.close()
})
