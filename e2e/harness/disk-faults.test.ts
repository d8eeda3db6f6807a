import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lookForTools, toolPath } from '../lab/tools.ts'
import { type Backing, blockNodes } from './disk-args.ts'
import { diskFaults } from './disk-faults.ts'
import { makeBlank } from './disks.ts'
import { serveNbd } from './nbd-disk.ts'
import { startProcess, waitForSocket } from './process.ts'
import { Qmp, type QmpEvent } from './qmp.ts'

const run = promisify(execFile)
const env = { ...process.env, PATH: toolPath() }
const place = { id: 'keystone-a', serial: 'keystone-a', index: 0 }
const { areHere, reason } = await lookForTools('qemu-storage-daemon', 'qemu-io', 'qemu-img', 'setpriv')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ks-faults-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Takes down what is said to QEMU; a pulled disk is gone at once. */
function recorder() {
  const said: unknown[] = []
  const listeners = new Set<(event: QmpEvent) => void>()
  const control = {
    async execute(command: string, args: Record<string, unknown> = {}) {
      said.push([command, args])
      if (command === 'device_del')
        for (const tell of [...listeners]) {
          tell({ event: 'DEVICE_DELETED', data: { device: 'keystone-b', path: '/machine/peripheral/keystone-b' } })
          tell({ event: 'DEVICE_DELETED', data: { device: args.id, path: '/machine/peripheral/keystone-a' } })
        }
    },
    onEvent(listener: (event: QmpEvent) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return { control, said, listeners }
}

const throttle = (file: string) => ({
  driver: 'throttle',
  'node-name': 'disk-keystone-a',
  'throttle-group': 'tg-keystone-a',
  file,
  discard: 'unmap',
})

test('a fault is put under the disk, and taken away before the next one', async () => {
  const { control, said } = recorder()
  const disk = diskFaults(place, () => control)
  await disk.fail({ iotype: 'write', sector: 2048 })
  await disk.fail({ iotype: 'read', errno: 28 })
  await disk.heal()
  await disk.heal()
  const debug = (name: string, inject: object) => [
    'blockdev-add',
    {
      driver: 'blkdebug',
      'node-name': name,
      image: 'img-keystone-a',
      discard: 'unmap',
      'inject-error': [{ event: 'none', once: false, ...inject }],
    },
  ]
  const reopen = (file: string) => ['blockdev-reopen', { options: [throttle(file)] }]
  const unlimited = ['qom-set', { path: '/objects/tg-keystone-a', property: 'limits', value: { 'bps-total': 0 } }]
  expect(said).toEqual([
    debug('fault-keystone-a-1', { iotype: 'write', errno: 5, sector: 2048 }),
    reopen('fault-keystone-a-1'),
    reopen('img-keystone-a'),
    ['blockdev-del', { 'node-name': 'fault-keystone-a-1' }],
    debug('fault-keystone-a-2', { iotype: 'read', errno: 28 }),
    reopen('fault-keystone-a-2'),
    reopen('img-keystone-a'),
    ['blockdev-del', { 'node-name': 'fault-keystone-a-2' }],
    unlimited,
    unlimited,
  ])
})

test('a new power-on knows nothing of the faults of the last one', async () => {
  const [first, second] = [recorder(), recorder()]
  let now = first
  const disk = diskFaults(place, () => now.control)
  await disk.fail({ iotype: 'write' })
  now = second
  await disk.heal()
  expect(second.said.map((one) => (one as [string])[0])).toEqual(['qom-set'])
})

test('a disk is pulled when QEMU says so, and goes back into its port', async () => {
  const { control, said, listeners } = recorder()
  const disk = diskFaults(place, () => control)
  await disk.slow(900_000)
  await disk.pull()
  expect(listeners.size).toBe(0)
  await disk.plug()
  expect(said).toEqual([
    ['qom-set', { path: '/objects/tg-keystone-a', property: 'limits', value: { 'bps-total': 900_000 } }],
    ['device_del', { id: 'keystone-a' }],
    [
      'device_add',
      {
        driver: 'virtio-blk-pci',
        id: 'keystone-a',
        drive: 'disk-keystone-a',
        serial: 'keystone-a',
        bus: 'port-keystone-a',
        bootindex: 1,
        'write-cache': 'on',
        werror: 'report',
        rerror: 'report',
      },
    ],
  ])
})

/** QEMU's block layer without a machine: the node of the disk is exported to qemu-io. */
async function openDisk(name: string, backing: Backing) {
  const [qmpSocket, nbdSocket] = [join(folder, `${name}.qmp`), join(folder, `${name}.out`)]
  const nodes = blockNodes('keystone-a', backing)
  const daemon = startProcess(
    [
      'qemu-storage-daemon',
      ...['--chardev', `socket,id=qmp,path=${qmpSocket},server=on,wait=off`, '--monitor', 'chardev=qmp'],
      ...['--object', 'throttle-group,id=tg-keystone-a'],
      ...nodes.flatMap((node) => ['--blockdev', JSON.stringify(node)]),
      ...['--nbd-server', `addr.type=unix,addr.path=${nbdSocket}`],
      ...['--export', 'type=nbd,id=one,node-name=disk-keystone-a,name=one,writable=on'],
    ],
    { logFile: join(folder, `${name}.log`) },
  )
  await waitForSocket(nbdSocket, daemon)
  const qmp = await Qmp.connect(qmpSocket, join(folder, `${name}.qmp.log`))
  const io = async (...commands: string[]) => {
    const words = commands.flatMap((command) => ['-c', command])
    const target = `nbd+unix:///one?socket=${nbdSocket}`
    const said = await run('qemu-io', ['-f', 'raw', ...words, target], { env }).catch(
      (error: { stdout: string; stderr: string }) => error,
    )
    return `${said.stdout}${said.stderr}`
  }
  const close = async () => {
    qmp.close()
    await daemon.kill()
  }
  return { disk: diskFaults(place, () => qmp), io, close }
}

describe.skipIf(!areHere)(`with QEMU's block layer (${reason})`, () => {
  test("QEMU's own block layer does what it is told: errors at a sector, a slow disk, and well again", async () => {
    const image = join(folder, 'disk.qcow2')
    await makeBlank(64 * 2 ** 20, image)
    const { disk, io, close } = await openDisk('qcow2', { kind: 'qcow2', file: image })
    try {
      expect(await io('write -P 1 1M 4k')).not.toMatch(/failed/)
      await disk.fail({ iotype: 'write', sector: 2048 })
      expect(await io('write -P 2 1M 4k')).toMatch(/write failed: Input\/output error/)
      expect(await io('write -P 2 2M 4k', 'read -P 1 1M 4k')).not.toMatch(/failed/)
      await disk.fail({ iotype: 'read' })
      expect(await io('write -P 3 1M 4k')).not.toMatch(/write failed/)
      expect(await io('read -P 3 1M 4k')).toMatch(/read failed: Input\/output error/)
      await disk.heal()
      expect(await io('read -P 3 1M 4k', 'read -P 2 2M 4k')).not.toMatch(/failed/)
      await disk.slow(2 ** 20)
      const started = Date.now()
      // The bucket takes the first tenth of a second's worth at once.
      await io('write -P 4 4M 512k', 'write -P 4 8M 512k')
      expect(Date.now() - started).toBeGreaterThan(300)
      await disk.heal()
      expect(await io('read -P 4 4M 512k')).not.toMatch(/failed/)
    } finally {
      await close()
    }
  })

  test('a raw file and a disk that is served take the same faults', async () => {
    const file = join(folder, 'disk.raw')
    await writeFile(file, Buffer.alloc(2 ** 20))
    const [socket, logFile] = [join(folder, 'served.sock'), join(folder, 'served.nbd')]
    const served = await serveNbd({ socket, sizeBytes: 2 ** 20, logFile })
    for (const backing of [{ kind: 'raw', file } as const, { kind: 'nbd', socket } as const]) {
      const { disk, io, close } = await openDisk(backing.kind, backing)
      try {
        await disk.fail({ iotype: 'write', sector: 8 })
        expect(await io('write -P 2 4k 4k')).toMatch(/write failed: Input\/output error/)
        await disk.heal()
        expect(await io('write -P 2 4k 4k', 'discard 8k 4k', 'flush', 'read -P 2 4k 4k')).not.toMatch(/failed/)
      } finally {
        await close()
      }
    }
    expect((await readFile(file)).subarray(4096, 8192)).toEqual(Buffer.alloc(4096, 2))
    expect(served.log().writes.map(({ offset, dataAt }) => [offset, dataAt !== null])).toEqual([
      [4096, true],
      [8192, false],
    ])
    expect(served.log().flushes.length).toBeGreaterThan(0)
    await served.close()
  })
})
